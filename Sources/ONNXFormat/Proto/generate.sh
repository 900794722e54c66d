#!/bin/sh
# Regenerates ../Generated/onnx.pb.swift from onnx.proto.
#
# Needs protoc (Debian: protobuf-compiler) and protoc-gen-swift of swift-protobuf 1.39.0 in the PATH, or its
# path in PROTOC_GEN_SWIFT. To build the latter, in a clone of apple/swift-protobuf at that version:
#   swift build -c release --product protoc-gen-swift
set -eu
cd "$(dirname "$0")"
plugin=${PROTOC_GEN_SWIFT:-$(command -v protoc-gen-swift)}
protoc --plugin=protoc-gen-swift="$plugin" --swift_opt=Visibility=Internal --swift_out=../Generated onnx.proto
