// Command tlog_verifier checks a published log from its static objects alone, with the packages
// that verify Go's own checksum database: the note's signature, the root out of the tiles, every
// entry's place in the tree, and that the tree has grown out of an earlier one.
//
//	tlog_verifier URL VERIFIER_KEY [EARLIER_NOTE_FILE]
//
// It prints the size and the root; what does not verify ends it with status 1.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

func main() {
	if err := verify(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func verify(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("tlog_verifier URL VERIFIER_KEY [EARLIER_NOTE_FILE]")
	}
	published := objects{prefix: strings.TrimSuffix(args[0], "/")}
	signed, err := published.get("checkpoint", "text/plain; charset=utf-8")
	if err != nil {
		return err
	}
	tree, err := openTree(signed, args[1])
	if err != nil {
		return err
	}
	hashes := tlog.TileHashReader(tree, published)
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("the root of the tiles is %v, that of the note %v", root, tree.Hash)
	}
	if err := verifyEntries(published, tree, hashes); err != nil {
		return err
	}
	if len(args) > 2 {
		if err := verifyGrowth(args[2], args[1], tree, hashes); err != nil {
			return err
		}
	}
	fmt.Printf("%d %v\n", tree.N, tree.Hash)
	return nil
}

// openTree verifies a note. Go's own log has another first line than all others.
func openTree(signed []byte, verifierKey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(verifierKey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	if origin != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the note is of the log %q", origin)
	}
	return tlog.ParseTree([]byte("go.sum database tree\n" + rest))
}

// verifyEntries proves that each entry of each bundle is the leaf at its place.
func verifyEntries(published objects, tree tlog.Tree, hashes tlog.HashReader) error {
	for begin := int64(0); begin < tree.N; begin += tileWidth {
		width := min(tileWidth, tree.N-begin)
		tile := tlog.Tile{H: tileHeight, L: 0, N: begin / tileWidth, W: int(width)}
		path := strings.Replace(published.path(tile), "tile/0/", "tile/entries/", 1)
		bundle, err := published.get(path, "application/octet-stream")
		if err != nil {
			return err
		}
		for index := begin; index < begin+width; index++ {
			var entry []byte
			if entry, bundle, err = nextEntry(bundle); err != nil {
				return fmt.Errorf("%s: entry %d: %v", path, index, err)
			}
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			if err != nil {
				return err
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
				return fmt.Errorf("%s: entry %d: %v", path, index, err)
			}
		}
		if len(bundle) > 0 {
			return fmt.Errorf("%s: %d bytes too many", path, len(bundle))
		}
	}
	return nil
}

func verifyGrowth(file, verifierKey string, tree tlog.Tree, hashes tlog.HashReader) error {
	signed, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	earlier, err := openTree(signed, verifierKey)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, earlier.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash)
}

func nextEntry(bundle []byte) (entry, rest []byte, err error) {
	if len(bundle) < 2 {
		return nil, nil, io.ErrUnexpectedEOF
	}
	length := int(binary.BigEndian.Uint16(bundle))
	if len(bundle) < 2+length {
		return nil, nil, io.ErrUnexpectedEOF
	}
	return bundle[2 : 2+length], bundle[2+length:], nil
}

// objects are those that were published, behind an HTTP server.
type objects struct{ prefix string }

func (o objects) Height() int { return tileHeight }

func (o objects) SaveTiles([]tlog.Tile, [][]byte) {}

func (o objects) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(tiles))
	for i, tile := range tiles {
		var err error
		if read[i], err = o.get(o.path(tile), "application/octet-stream"); err != nil {
			return nil, err
		}
	}
	return read, nil
}

// path is that of c2sp.org/tlog-tiles, which leaves out the height.
func (o objects) path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
}

func (o objects) get(path, contentType string) ([]byte, error) {
	response, err := http.Get(o.prefix + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	if got := response.Header.Get("Content-Type"); got != contentType {
		return nil, fmt.Errorf("%s: has the content type %q", path, got)
	}
	return io.ReadAll(response.Body)
}
