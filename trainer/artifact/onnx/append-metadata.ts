// Entries for `metadata_props` of an ONNX file that is already encoded.
import { create, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, StringStringEntryProtoSchema } from "onnx-buf";

/**
 * Returns the file with these entries appended. The model does not change. Protobuf messages that follow each other are
 * one message, so nothing is decoded. Without entries the bytes do not change. A key that the file already has is
 * stored twice.
 */
export function appendMetadata(onnx: Uint8Array, metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const metadataProps = Object.entries(metadata).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
  const entries = toBinary(ModelProtoSchema, create(ModelProtoSchema, { metadataProps }));
  const whole = new Uint8Array(onnx.length + entries.length);
  whole.set(onnx);
  whole.set(entries, onnx.length);
  return whole;
}
