package stanflow

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"strings"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

const uploadBytes = 1 << 20

// ImportOptions says what a file's flows are to become. Home is needed; a zero field is the server's default.
type ImportOptions struct {
	// Home networks in CIDR form: which address of a flow is its home host.
	Home []string
	// Holdout is what training never reads: "none", "hours=odd", "hours=even", "hosts=SHARE" (0 to 1) or
	// "after=2016-04-11T12:00:00Z". Empty is "none".
	Holdout string
	// Format is the name of a reader. Empty is "auto"; compression is found out.
	Format string
	// MaxRejectedShare of unreadable rows, 0 to 1, is that from which the import fails; nil is 0.01.
	MaxRejectedShare *float64
	// RequestID names the submit: the same id answers the same job. Empty is one of its own.
	RequestID string
	// Priority of the job; larger runs first.
	Priority int32
}

// ImportFile uploads a file of real flows, plain or compressed, and returns the job that makes it dataset `name`;
// [Client.WaitJob] waits for its end. The file is read twice, for its digest and to be sent, and again from its
// beginning if the connection breaks.
func (c *Client) ImportFile(
	ctx context.Context,
	name, path string,
	options ImportOptions,
) (*stanflowv1.Job, error) {
	size, digest, err := measure(path)
	if err != nil {
		return nil, err
	}
	header := &stanflowv1.UploadHeader{
		Dataset:          strings.TrimPrefix(name, "datasets/"),
		Home:             options.Home,
		Holdout:          options.Holdout,
		Format:           options.Format,
		MaxRejectedShare: options.MaxRejectedShare,
		SizeBytes:        size,
		Sha256:           digest,
		RequestId:        requestID(options.RequestID),
		Priority:         options.Priority,
	}
	return retry(ctx, c, func(ctx context.Context) (*stanflowv1.Job, error) { return c.upload(ctx, header, path) })
}

// measure answers a file's size in bytes and its SHA-256.
func measure(path string) (uint64, []byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, nil, err
	}
	defer file.Close()
	digest := sha256.New()
	size, err := io.Copy(digest, file)
	return uint64(size), digest.Sum(nil), err
}

func (c *Client) upload(
	ctx context.Context,
	header *stanflowv1.UploadHeader,
	path string,
) (*stanflowv1.Job, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	// A file that can't be read to its end must not look complete.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.stubs.Datasets.Upload(ctx)
	if err != nil {
		return nil, err
	}
	err = stream.Send(&stanflowv1.UploadRequest{Part: &stanflowv1.UploadRequest_Header{Header: header}})
	for err == nil {
		err = sendBlock(stream, file)
	}
	// io.EOF: all was sent, or the server has answered already. Both are in its answer.
	if err != io.EOF {
		return nil, err
	}
	return stream.CloseAndRecv()
}

// sendBlock sends the file's next bytes; io.EOF at its end, and where the server wants no more.
func sendBlock(stream stanflowv1.Datasets_UploadClient, file io.Reader) error {
	// A message belongs to gRPC once it is sent, so each has memory of its own.
	block := make([]byte, uploadBytes)
	n, err := io.ReadFull(file, block)
	if err != nil && err != io.ErrUnexpectedEOF {
		return err
	}
	return stream.Send(&stanflowv1.UploadRequest{Part: &stanflowv1.UploadRequest_Data{Data: block[:n]}})
}
