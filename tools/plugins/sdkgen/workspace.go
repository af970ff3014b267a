package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// The versions of the workspace's root, so that nothing is installed twice.
var devDependencies = map[string]string{
	"@types/node": "24.19.2",
	"typescript":  "6.0.3",
}

// The generated code asks for a package.json beside itself, where a published package has it.
const build = `tsc && node -e "require('node:fs').copyFileSync('package.json', 'bin/package.json')"`

// adapt turns a package that is published from its build folder into a workspace that is used in place.
func adapt(files map[string][]byte) error {
	manifest := map[string]any{}
	if err := json.Unmarshal(files["package.json"], &manifest); err != nil {
		return fmt.Errorf("reading the generated package.json: %w", err)
	}
	manifest["private"] = true
	manifest["main"] = "bin/index.js"
	manifest["types"] = "bin/index.d.ts"
	manifest["files"] = []string{"bin"}
	manifest["scripts"] = map[string]string{"build": build, "prepare": build}
	manifest["devDependencies"] = devDependencies
	text := &bytes.Buffer{}
	encoder := json.NewEncoder(text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(manifest); err != nil {
		return fmt.Errorf("writing package.json: %w", err)
	}
	files["package.json"] = text.Bytes()
	return nil
}
