package letterbox

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// Certificate is a certificate with its key, of files in PEM. What renews the files needs no restart: they are read again when they
// change, and as long as they can't be read the one before is shown.
type Certificate struct {
	cert, key string

	mu   sync.Mutex
	last *tls.Certificate
	at   [2]time.Time // when each file was changed last
}

// OpenCertificate reads a certificate, with those that lead to its authority after it, and its key.
func OpenCertificate(cert, key string) (*Certificate, error) {
	c := &Certificate{cert: cert, key: key}
	return c, c.read()
}

// read reads the files when they changed.
func (c *Certificate) read() error {
	var at [2]time.Time
	for i, path := range []string{c.cert, c.key} {
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("certificate: %w", err)
		}
		at[i] = info.ModTime()
	}
	if c.last != nil && at == c.at {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	c.last, c.at = &pair, at
	return nil
}

// config offers it to those who ask for encryption.
func (c *Certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if err := c.read(); c.last == nil {
			return nil, err
		}
		return c.last, nil
	}}
}
