// Package library keeps the documents of spaces: guides, templates, reports and laws, as files to take away. Moderators
// add them; what a member proposes waits for a moderator.
//
// A file is what its content says, whatever it is called. It is stored under a name made of its content, and leaves only
// as an attachment, with its true type.
package library
