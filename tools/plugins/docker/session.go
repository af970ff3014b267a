package docker

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
)

const (
	shownLines  = 20
	longestLine = 1 << 20
	stopWait    = 10 * time.Second
)

// session is one operation's use of the docker command.
type session struct {
	client
	folder string
	hidden []string
}

func (s *session) close() {
	_ = os.RemoveAll(s.folder)
}

func (s *session) file(name string) string { return filepath.Join(s.folder, name) }

// failure is what the docker command said when it failed.
type failure struct{ said string }

func (f failure) Error() string { return f.said }

// run runs the docker command, shows its lines as they come and returns them.
func (s *session) run(ctx context.Context, args ...string) (string, error) {
	read, write := io.Pipe()
	said := &bytes.Buffer{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.show(ctx, io.TeeReader(read, said))
	}()
	err := s.start(ctx, write, write, args)
	_ = write.Close()
	<-done
	if err != nil {
		return "", s.explain(ctx, err, said.String())
	}
	return said.String(), nil
}

// ask runs the docker command and returns what it answers, apart from warnings.
func (s *session) ask(ctx context.Context, args ...string) (string, error) {
	answer, complaint := &bytes.Buffer{}, &bytes.Buffer{}
	if err := s.start(ctx, answer, complaint, args); err != nil {
		return "", s.explain(ctx, err, complaint.String())
	}
	return strings.TrimSpace(answer.String()), nil
}

func (s *session) start(ctx context.Context, stdout, stderr io.Writer, args []string) error {
	command := exec.CommandContext(ctx, "docker", args...)
	command.Env = s.environment
	command.Stdout, command.Stderr = stdout, stderr
	// Asked to stop, it also stops what Docker does for it.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = stopWait
	return command.Run()
}

func (s *session) show(ctx context.Context, output io.Reader) {
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" {
			p.GetLogger(ctx).InfoStatus(s.hide(line))
		}
	}
	// A line too long to be shown must not hold the command up.
	_, _ = io.Copy(io.Discard, output)
}

func (s *session) hide(text string) string {
	return strings.NewReplacer(s.hidden...).Replace(text)
}

func (s *session) explain(ctx context.Context, err error, said string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("the docker command is not on PATH: install Docker's command line")
	}
	if ctx.Err() != nil {
		return fmt.Errorf("stopped before it was done: %w", ctx.Err())
	}
	lines := strings.Split(strings.TrimSpace(said), "\n")
	text := strings.TrimSpace(strings.Join(lines[max(0, len(lines)-shownLines):], "\n"))
	if text == "" {
		text = err.Error()
	}
	return failure{s.hide(text)}
}
