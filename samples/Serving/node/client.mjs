// node client.mjs HOST:PORT MODEL ID,ID,…   asks a server for the scores of one text
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const [address, model, ids] = process.argv.slice(2);
const protocol = join(dirname(fileURLToPath(import.meta.url)), "../../../src/Serving/Protocol");
const definition = loader.loadSync("tensorflow_serving.proto", { includeDirs: [protocol], keepCase: true, longs: Number });
const { PredictionService } = grpc.loadPackageDefinition(definition).tensorflow.serving;
const client = new PredictionService(address, grpc.credentials.createInsecure());
const values = ids.split(",").map(Number);
const request = {
  model_spec: { name: model },
  inputs: { texts: { dtype: "DT_INT32", tensor_shape: { dim: [{ size: 1 }, { size: values.length }] }, int_val: values } },
};
client.Predict(request, (fault, reply) => {
  if (fault) {
    console.error(fault.message);
    process.exit(1);
  }
  const scores = reply.outputs.scores.float_val;
  console.log(`node: version ${reply.model_spec.version.value} gives class ${scores.indexOf(Math.max(...scores))} of ${scores.length}`);
  client.close();
});
