// Package stanflowv1 holds the messages and stubs of stanflow.v1, made from the repository's proto/stanflow/v1 by
// client/go/generate.sh. Fields say their units there.
package stanflowv1

//go:generate ../generate.sh
