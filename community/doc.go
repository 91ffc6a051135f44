// Package community is what is said in a space: threads, their posts, who reported what, and what each person has read.
//
// A thread is opened by its first post. Whoever may read a space may write in it once signed in; those who moderate it
// hide and restore posts, pin and lock threads, and decide reports. The counts of a thread are recounted from its posts
// at each change, under the lock of the thread.
//
// The circle of a seminar is a thread of its participants alone, in no forum: see Circles.
package community
