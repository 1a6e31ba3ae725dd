// Entries for `metadata_props` of an ONNX file that is already encoded.
import { create, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, StringStringEntryProtoSchema } from "onnx-buf";

/**
 * The file with these entries after its own; the model is the same. Protobuf messages that follow each other are one
 * message, so nothing is decoded. No entries give the same bytes. A key that the file has already would be there twice.
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
