"""Messages and stubs of the service, made out of its .proto files when the package is built."""
