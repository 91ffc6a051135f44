package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"halqa/community/notify"
)

// pushFile holds the keys by which push services know the platform: with others, no device hears of it any more.
const pushFile = "push.json"

// pushKeys are those keys. They are made once, in the data folder.
func (c Config) pushKeys() (keys notify.PushKeys, err error) {
	path := filepath.Join(c.Data, pushFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err = makeOnce(path, newPushKeys); err == nil {
			raw, err = os.ReadFile(path)
		}
	}
	if err == nil {
		err = json.Unmarshal(raw, &keys)
	}
	if err == nil && (keys.Public == "" || keys.Private == "") {
		err = errors.New("one is missing")
	}
	if err != nil {
		return notify.PushKeys{}, fmt.Errorf("keys of devices: %s: %w", path, err)
	}
	return keys, nil
}

func newPushKeys() ([]byte, error) {
	keys, err := notify.NewPushKeys()
	if err != nil {
		return nil, err
	}
	return json.Marshal(keys)
}
