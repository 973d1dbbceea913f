package fakeserver

import (
	"context"
	"io"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// Upload is one call of Datasets.Upload as it came.
type Upload struct {
	Header         *stanflowv1.UploadHeader
	Data           []byte
	LargestMessage int
}

// Datasets takes uploads and collections.
type Datasets struct {
	stanflowv1.UnimplementedDatasetsServer
	// LostUploads is how many first uploads break after their first message with data.
	LostUploads int
	// LostCollects is how many first collections are taken, but their answers lost.
	LostCollects int

	Begun   Record[*stanflowv1.UploadHeader]
	Uploads Record[Upload]

	Collects Record[*stanflowv1.CollectRequest]
}

// Collect takes a collection.
func (d *Datasets) Collect(_ context.Context, request *stanflowv1.CollectRequest) (*stanflowv1.Job, error) {
	if d.Collects.Add(request) < d.LostCollects {
		return nil, Gone
	}
	return &stanflowv1.Job{Name: "jobs/collect-1", State: stanflowv1.JobState_JOB_STATE_QUEUED}, nil
}

// Upload records a whole file.
func (d *Datasets) Upload(stream stanflowv1.Datasets_UploadServer) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	if first.GetHeader() == nil {
		return status.Error(codes.InvalidArgument, "header: must be the first message")
	}
	call := d.Begun.Add(first.GetHeader())
	upload := Upload{Header: first.GetHeader()}
	for {
		message, err := stream.Recv()
		if err == io.EOF {
			d.Uploads.Add(upload)
			return stream.SendAndClose(&stanflowv1.Job{Name: "jobs/import-1"})
		}
		if err != nil {
			return err
		}
		if call < d.LostUploads {
			return Gone
		}
		upload.Data = append(upload.Data, message.GetData()...)
		if n := len(message.GetData()); n > upload.LargestMessage {
			upload.LargestMessage = n
		}
	}
}

// Models holds no model.
type Models struct {
	stanflowv1.UnimplementedModelsServer
}

// GetModel answers as a server does that has no such model.
func (m *Models) GetModel(context.Context, *stanflowv1.GetModelRequest) (*stanflowv1.ModelVersion, error) {
	return nil, status.Error(codes.NotFound, "name: there is no model 'egde'; there are: edge")
}
