package docker

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// contextDigest changes with what Docker gets to see of the context, and with the Dockerfile. Time
// stamps and owners take no part: a fresh checkout is no change.
func contextDigest(folder, dockerfile string) (string, error) {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return "", fmt.Errorf("context: %q is not a folder", folder)
	}
	if info, err := os.Stat(dockerfile); err != nil || info.IsDir() {
		return "", fmt.Errorf("dockerfile: there is no file %q", dockerfile)
	}
	matcher, err := ignored(folder, dockerfile)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	if err := add(sum, "Dockerfile", dockerfile); err != nil {
		return "", fmt.Errorf("dockerfile: %w", err)
	}
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		out, err := matcher.MatchesOrParentMatches(name)
		switch {
		case err != nil:
			return err
		case out && entry.IsDir() && !matcher.Exclusions():
			return filepath.SkipDir
		case out || entry.IsDir():
			return nil
		default:
			return add(sum, "/"+filepath.ToSlash(name), path)
		}
	})
	if err != nil {
		return "", fmt.Errorf("context: reading it: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// ignored is what .dockerignore leaves out; one beside the Dockerfile, and named after it, comes first.
func ignored(folder, dockerfile string) (*patternmatcher.PatternMatcher, error) {
	for _, path := range []string{dockerfile + ".dockerignore", filepath.Join(folder, ".dockerignore")} {
		file, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("context: reading %s: %w", path, err)
		}
		patterns, err := ignorefile.ReadAll(file)
		_ = file.Close()
		if err != nil {
			return nil, fmt.Errorf("context: reading %s: %w", path, err)
		}
		matcher, err := patternmatcher.New(patterns)
		if err != nil {
			return nil, fmt.Errorf("context: %s has a pattern that cannot be used: %w", path, err)
		}
		return matcher, nil
	}
	return patternmatcher.New(nil)
}

// add puts a file's name, kind and content into the sum, each with its length, so that they cannot be
// taken for one another.
func add(sum hash.Hash, name, path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	content, err := contentOf(path, info)
	if err != nil {
		return err
	}
	defer content.Close()
	own := sha256.New()
	if _, err := io.Copy(own, content); err != nil {
		return err
	}
	_, err = fmt.Fprintf(sum, "%d:%s %v %t %x\n", len(name), name, info.Mode().Type(), info.Mode()&0o111 != 0, own.Sum(nil))
	return err
}

func contentOf(path string, info fs.FileInfo) (io.ReadCloser, error) {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		return io.NopCloser(strings.NewReader(target)), err
	case info.Mode().IsRegular():
		return os.Open(path)
	default:
		// A socket or a pipe has none that can be read to its end.
		return io.NopCloser(strings.NewReader("")), nil
	}
}
