package stanflow

import (
	"context"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// Models lists the versions of all models.
func (c *Client) Models(ctx context.Context) ([]*stanflowv1.ModelVersion, error) {
	return allPages(func(token string) ([]*stanflowv1.ModelVersion, string, error) {
		page, err := call(ctx, c, c.stubs.Models.ListModels, &stanflowv1.ListModelsRequest{PageToken: token})
		return page.GetVersions(), page.GetNextPageToken(), err
	})
}

// Model looks a version up: "M" (the newest), "M@3" or "M@ALIAS".
func (c *Client) Model(ctx context.Context, name string) (*stanflowv1.ModelVersion, error) {
	return call(ctx, c, c.stubs.Models.GetModel, &stanflowv1.GetModelRequest{Name: name})
}

// Datasets lists the imported datasets.
func (c *Client) Datasets(ctx context.Context) ([]*stanflowv1.Dataset, error) {
	return allPages(func(token string) ([]*stanflowv1.Dataset, string, error) {
		page, err := call(ctx, c, c.stubs.Datasets.ListDatasets, &stanflowv1.ListDatasetsRequest{PageToken: token})
		return page.GetDatasets(), page.GetNextPageToken(), err
	})
}

// Dataset looks a dataset up: "datasets/ID" or "ID".
func (c *Client) Dataset(ctx context.Context, name string) (*stanflowv1.Dataset, error) {
	return call(ctx, c, c.stubs.Datasets.GetDataset, &stanflowv1.GetDatasetRequest{Name: name})
}
