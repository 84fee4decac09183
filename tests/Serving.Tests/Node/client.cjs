// node client.cjs HOST:PORT BASE_PATH OTHER_BASE_PATH   a client of TensorFlow Serving's protocol; one line for each check
"use strict";
const { join } = require("node:path");
const root = join(__dirname, "../../..");
const packages = require("node:module").createRequire(join(root, "samples/Serving/node/package.json"));
const grpc = packages("@grpc/grpc-js");
const loader = packages("@grpc/proto-loader");

const [address, basePath, otherPath] = process.argv.slice(2);
const definition = loader.loadSync("tensorflow_serving.proto", {
  includeDirs: [join(root, "src/Serving/Protocol")], keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true,
});
const { PredictionService, ModelService } = grpc.loadPackageDefinition(definition).tensorflow.serving;
const predictions = new PredictionService(address, grpc.credentials.createInsecure());
const models = new ModelService(address, grpc.credentials.createInsecure());
const call = (service, method, request, options = {}) => new Promise((resolve, reject) =>
  service[method](request, new grpc.Metadata(), options, (fault, reply) => (fault ? reject(fault) : resolve(reply))));

const name = "half_plus_two";
const floats = (values, shape = [values.length]) => ({ dtype: "DT_FLOAT", tensor_shape: { dim: shape.map((size) => ({ size })) }, float_val: values });
const predict = (spec, inputs) => call(predictions, "Predict", { model_spec: { name, ...spec }, inputs: inputs ?? { x: floats([1, 2, 5]) } });
const config = (path) => ({ name, base_path: path, model_platform: "tensorflow" });
const reload = (...list) => call(models, "HandleReloadConfigRequest", { config: { model_config_list: { config: list } } });
const examples = (...values) => ({ example_list: { examples: values.map((x) => ({ features: { feature: { x: { float_list: { value: [x] } } } } })) } });

let failures = 0;
const check = async (what, run) => {
  try {
    await run();
    console.log(`ok ${what}`);
  } catch (fault) {
    failures++;
    console.log(`not ok ${what}: ${fault.message}`);
  }
};
const same = (expected, actual) => {
  if (JSON.stringify(expected) !== JSON.stringify(actual)) throw new Error(`${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
};
const fails = (what, code, text, run) => check(what, async () => {
  const fault = await run().then(() => null, (found) => found);
  if (fault === null) throw new Error("there was no error");
  if (fault.code !== grpc.status[code] || !fault.details.includes(text)) throw new Error(`${grpc.status[fault.code]}: ${fault.details}`);
});

(async () => {
  await check("predict", async () => {
    const reply = await predict({});
    same([2.5, 3, 4.5], reply.outputs.y.float_val);
    same([1, "serving_default"], [reply.model_spec.version.value, reply.model_spec.signature_name]);
  });
  await check("predict by bytes", async () => {
    const content = Buffer.alloc(8);
    content.writeFloatLE(1, 0);
    content.writeFloatLE(2, 4);
    same([2.5, 3], (await predict({}, { x: { dtype: "DT_FLOAT", tensor_shape: { dim: [{ size: 2 }] }, tensor_content: content } })).outputs.y.float_val);
  });
  await check("classify", async () => {
    const reply = await call(predictions, "Classify", { model_spec: { name, signature_name: "classify_x_to_y" }, input: examples(2) });
    same([2, 4], reply.result.classifications[0].classes.map((each) => each.score));
  });
  await check("regress", async () => {
    const reply = await call(predictions, "Regress", { model_spec: { name, signature_name: "regress_x_to_y" }, input: examples(2, 4) });
    same([3, 4], reply.result.regressions.map((each) => each.value));
  });
  await check("metadata", async () => {
    const reply = await call(predictions, "GetModelMetadata", { model_spec: { name }, metadata_field: ["signature_def"] });
    same(["signature_def"], Object.keys(reply.metadata));
    same("type.googleapis.com/tensorflow.serving.SignatureDefMap", reply.metadata.signature_def.type_url);
    if (!reply.metadata.signature_def.value.includes("serving_default")) throw new Error("no serving_default");
  });
  await check("status", async () => {
    const reply = await call(models, "GetModelStatus", { model_spec: { name } });
    same([{ version: 1, state: "AVAILABLE", status: { error_code: "OK", error_message: "" } }], reply.model_version_status);
  });
  await fails("unknown model", "NOT_FOUND", "Servable not found for request: Latest(no)", () => predict({ name: "no" }));
  await fails("unknown version", "NOT_FOUND", `Servable not found for request: Specific(${name}, 7)`, () => predict({ version: { value: 7 } }));
  await fails("version zero", "NOT_FOUND", "Specific", () => predict({ version: { value: 0 } }));
  await fails("unknown label", "INVALID_ARGUMENT", "Unrecognized servable version label: no", () => predict({ version_label: "no" }));
  await fails("unknown signature", "FAILED_PRECONDITION", 'Serving signature key "no" not found.', () => predict({ signature_name: "no" }));
  await fails("unknown input", "INVALID_ARGUMENT", "Sent extra: {z}. Missing but required: {x}.", () => predict({}, { z: floats([1]) }));
  await fails("no input", "INVALID_ARGUMENT", "input size does not match signature: 0!=1", () => predict({}, {}));
  await fails("dtype", "INVALID_ARGUMENT", "x", () => predict({}, { x: { dtype: "DT_INT32", tensor_shape: { dim: [{ size: 1 }] }, int_val: [1] } }));
  await fails("shape", "INVALID_ARGUMENT", "must have shape [?]", () => predict({}, { x: floats([1, 2], [1, 2]) }));
  await fails("size of bytes", "INVALID_ARGUMENT", "tensor parsing error: x", () =>
    predict({}, { x: { dtype: "DT_FLOAT", tensor_shape: { dim: [{ size: 2 }] }, tensor_content: Buffer.alloc(3) } }));
  await fails("unknown output", "INVALID_ARGUMENT", "output tensor alias not found in signature: no", () =>
    call(predictions, "Predict", { model_spec: { name }, inputs: { x: floats([1]) }, output_filter: ["no"] }));
  await fails("no model_spec", "INVALID_ARGUMENT", "Missing ModelSpec", () => call(predictions, "Predict", {}));
  await fails("no name", "INVALID_ARGUMENT", "ModelSpec has no name specified.", () => predict({ name: "" }));
  await fails("metadata field", "INVALID_ARGUMENT", "Metadata field no is not supported", () =>
    call(predictions, "GetModelMetadata", { model_spec: { name }, metadata_field: ["no"] }));
  await fails("status of unknown model", "NOT_FOUND", "Could not find any versions of model no", () => call(models, "GetModelStatus", { model_spec: { name: "no" } }));
  await fails("status of unknown version", "NOT_FOUND", `Could not find version 7 of model ${name}`, () =>
    call(models, "GetModelStatus", { model_spec: { name, version: { value: 7 } } }));
  await fails("examples without one", "INVALID_ARGUMENT", "Input is empty.", () =>
    call(predictions, "Regress", { model_spec: { name, signature_name: "regress_x_to_y" }, input: {} }));
  await fails("regress by an unknown signature", "INVALID_ARGUMENT", "No signature was found with the name: no", () =>
    call(predictions, "Regress", { model_spec: { name, signature_name: "no" }, input: examples(1) }));
  await fails("deadline", "DEADLINE_EXCEEDED", "", () =>
    call(predictions, "Predict", { model_spec: { name }, inputs: { x: floats([1]) } }, { deadline: Date.now() - 1 }));
  await check("reload", async () => {
    same("OK", (await reload(config(basePath), { ...config(otherPath), name: "other" })).status.error_code);
    same([3.5], (await predict({ name: "other" }, { x: floats([1]) })).outputs.y.float_val);
    await reload(config(basePath));
  });
  await fails("model that a reload left out", "NOT_FOUND", "Latest(other)", () => predict({ name: "other" }));
  await fails("reload with a relative path", "INVALID_ARGUMENT", "absolute path", () => reload(config("models")));
  await fails("reload with one name twice", "INVALID_ARGUMENT", "multiple times", () => reload(config(basePath), config(basePath)));
  await fails("reload with an unknown platform", "INVALID_ARGUMENT", "caffe", () => reload({ ...config(basePath), model_platform: "caffe" }));
  await fails("reload with a folder that is not there", "UNKNOWN", "did not become available", () => reload(config(basePath), { ...config(`${basePath}/no`), name: "no" }));
  await check("the models go on", async () => same([2.5], (await predict({}, { x: floats([1]) })).outputs.y.float_val));
  predictions.close();
  models.close();
  process.exitCode = failures > 0 ? 1 : 0;
})();
