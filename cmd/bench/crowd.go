package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// bystander is somebody made up in the database, with a session, beside the people of the demonstration.
type bystander struct{ addr, cookie string }

// crowd makes people up, in a table b of (n, hash, id) that what follows in the same connection may read: for each, a
// person, and a session for the bystander of the same number. Those of an earlier run are gone.
func crowd(s *server, n int) (people []bystander, statements string) {
	addr, now := strings.TrimPrefix(s.base, "http://"), time.Now().UnixNano()
	var hashes []string
	for i := range n {
		token := fmt.Sprintf("bench-%d-%d", now, i)
		hash := sha256.Sum256([]byte(token))
		hashes = append(hashes, fmt.Sprintf(`(%d,'\x%s'::bytea)`, i, hex.EncodeToString(hash[:])))
		people = append(people, bystander{addr, "halqa_session=" + token})
	}
	return people, `
		delete from person where email like '%@bench.example';
		create temporary table b (n int, hash bytea, id bigint); insert into b (n, hash) values ` + strings.Join(hashes, ",") + `;
		insert into person (name, email, email_confirmed_at, language, governorate)
		select 'Banc ' || n, 'banc' || n || '@bench.example', now(), 'fr', (select min(code) from governorate) from b;
		update b set id = person.id from person where email = 'banc' || n || '@bench.example';
		insert into session (token_hash, person_id, expires_at) select hash, id, now() + interval '1 day' from b;
	`
}

// page fetches a page as a bystander.
func (b bystander) page(s *server, path string) ([]byte, error) {
	req, err := http.NewRequest(http.MethodGet, s.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Cookie", b.cookie)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: status %d", path, res.StatusCode)
	}
	return body.Bytes(), nil
}

// listen opens the live stream of a bystander's browser, and hands over its lines of data until it is closed.
func (b bystander) listen(hear func(line string)) (net.Conn, error) {
	conn, err := net.Dial("tcp", b.addr)
	if err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(conn, 1<<10)
	if _, err = fmt.Fprintf(conn, "GET /live HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", b.addr, b.cookie); err == nil {
		var status string
		if status, err = in.ReadString('\n'); err == nil && !strings.Contains(status, "200") {
			err = fmt.Errorf("live stream: %s", status)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("live stream: %w", err)
	}
	go func() {
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			if strings.HasPrefix(line, "data: {") {
				hear(line)
			}
		}
	}()
	return conn, nil
}
