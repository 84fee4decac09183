using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace TensorGraph.Serving;

/// <summary>The REST form of the open inference protocol, with tensors as JSON or as bytes behind it.</summary>
internal sealed partial class InferRest(InferCalls calls, RequestRecord record, bool writesNonFinite, TimeSpan timeout)
{
    private const string BinaryHeader = "Inference-Header-Content-Length", BinaryExtension = "binary_tensor_data";

    /// <summary>True for paths that this interface answers.</summary>
    public static bool IsOurs(string path) => path == "/v2" || path.StartsWith("/v2/", StringComparison.Ordinal);

    public async Task AnswerAsync(HttpContext context, string path)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(timeout);
        var match = ModelPath().Match(path);
        bool isPost = HttpMethods.IsPost(context.Request.Method);
        string? model = match.Success ? Uri.UnescapeDataString(match.Groups["model"].Value) : null;
        var (status, reply) = await record.AnswerAsync(
            model, isPost ? "infer" : "status", "REST", () => deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested,
            async () => (StatusCode.OK, await ReplyAsync(context, path, match, model, deadline.Token).ConfigureAwait(false)),
            static (status, text) => (status, new Reply(RestApi.ErrorJson(text)))).ConfigureAwait(false);
        if (reply.Binary.Length == 0)
        {
            await RestBody.WriteAsync(context, reply.Code ?? Faults.HttpCode(status), reply.Json).ConfigureAwait(false);
            return;
        }

        byte[] json = Encoding.UTF8.GetBytes(reply.Json);
        context.Response.Headers[BinaryHeader] = json.Length.ToString(CultureInfo.InvariantCulture);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = json.Length + reply.Binary.Length;
        await context.Response.Body.WriteAsync(json, CancellationToken.None).ConfigureAwait(false);
        await context.Response.Body.WriteAsync(reply.Binary, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<Reply> ReplyAsync(HttpContext context, string path, Match match, string? model, CancellationToken cancellation)
    {
        string verb = match.Groups["verb"].Value;
        bool isGet = HttpMethods.IsGet(context.Request.Method);
        string? version = match.Groups["version"] is { Success: true } number ? number.Value : null;
        if (model is null && isGet)
        {
            return path switch
            {
                "/v2" or "/v2/" => new($"{{\"name\": \"{InferCalls.ServerName}\", \"version\": \"{ServerVersion.Text}\", \"extensions\": [\"{BinaryExtension}\"]}}\n"),
                "/v2/health/live" => new("{\"live\": true}\n"),
                "/v2/health/ready" => Ready($"\"ready\": {Text(calls.Registry.IsReady)}", calls.Registry.IsReady),
                _ => throw Malformed(context, path),
            };
        }

        if (model is not null && isGet && verb == "ready")
        {
            bool isReady = calls.IsReady(model, version);
            return Ready($"\"name\": {JsonText.Quoted(model)}, \"ready\": {Text(isReady)}", isReady);
        }

        if (model is not null && isGet && verb.Length == 0)
            return new(Metadata(model, version));
        if (model is not null && HttpMethods.IsPost(context.Request.Method) && verb == "infer")
            return await InferAsync(context, model, version, cancellation).ConfigureAwait(false);
        throw Malformed(context, path);
    }

    private async Task<Reply> InferAsync(HttpContext context, string model, string? version, CancellationToken cancellation)
    {
        byte[] body = await RestBody.ReadAsync(context, cancellation).ConfigureAwait(false);
        using var lease = calls.Lease(model, version);
        var (json, binary) = Parts(context, body);
        PredictJson.RequireObject(json);
        var signature = InferCalls.SignatureOf(lease, InferJson.Parameter(json, 0, InferCalls.SignatureParameter));
        var inputs = new Dictionary<string, Literal>(StringComparer.Ordinal);
        foreach (int input in InferJson.Objects(json, "inputs"))
        {
            string name = InferJson.Text(json, input, "name") ?? throw ServingException.Invalid("an input has no 'name'");
            var value = Input(json, input, name, signature, ref binary);
            if (!inputs.TryAdd(name, value))
                throw ServingException.Invalid($"inference input '{name}' is there twice");
        }

        if (!binary.IsEmpty)
            throw ServingException.Invalid($"{binary.Length} bytes behind the JSON belong to no input");
        var outputs = InferJson.Objects(json, "outputs").Select(output =>
            (Name: InferJson.Text(json, output, "name") ?? throw ServingException.Invalid("an output has no 'name'"), IsBinary: InferJson.IsSet(json, output, "binary_data"))).ToArray();
        var results = await calls.RunAsync(lease, signature, inputs, [.. outputs.Select(output => output.Name)], cancellation).ConfigureAwait(false);
        bool isAllBinary = InferJson.IsSet(json, 0, "binary_data_output");
        return Written(model, lease, InferJson.Text(json, 0, "id"), results, name =>
            outputs.FirstOrDefault(output => output.Name == name) is { Name: not null } asked ? asked.IsBinary || isAllBinary : isAllBinary);
    }

    private Literal Input(JsonTape json, int input, string name, ServableSignature signature, ref ReadOnlyMemory<byte> binary)
    {
        long[] shape = InferJson.Shape(json, input);
        var spec = InferTensors.SpecOf(signature, name, InferJson.Text(json, input, "datatype") ?? "", shape);
        if (InferJson.Size(json, input, "binary_data_size") is { } size)
        {
            if (json.Find(input, "data") >= 0)
                throw ServingException.Invalid($"inference input '{name}' has 'data' beside its binary_data_size");
            if (size > binary.Length)
                throw ServingException.Invalid($"inference input '{name}' has fewer bytes than its binary_data_size");
            var bytes = binary[..size];
            binary = binary[size..];
            return InferTensors.Raw(name, spec.DType, shape, bytes.Span, calls.Limits);
        }

        int data = json.Find(input, "data");
        return data >= 0 ? new JsonTensors(json, calls.Limits).ReadFlat(name, spec.DType, shape, data) : throw ServingException.Invalid($"inference input '{name}' has no 'data'");
    }

    private Reply Written(string model, ModelLease lease, string? id, IReadOnlyDictionary<string, Literal> results, Func<string, bool> isBinary)
    {
        var binary = new ArrayBufferWriter<byte>();
        var text = new JsonText(writesNonFinite);
        text.Raw($"{{\"model_name\": {JsonText.Quoted(model)}, \"model_version\": \"{lease.Version.Number.ToString(CultureInfo.InvariantCulture)}\"");
        if (id is not null)
            text.Raw($", \"id\": {JsonText.Quoted(id)}");
        text.Raw(", \"outputs\": [");
        bool isFirst = true;
        foreach (var (name, value) in results)
        {
            text.Raw(isFirst ? "" : ", ").Raw(
                $"{{\"name\": {JsonText.Quoted(name)}, \"shape\": [{string.Join(", ", value.Type.Shape.ToArray())}], \"datatype\": \"{WireTypes.Inference(value.Type.DType)}\", ");
            if (isBinary(name))
            {
                var bytes = InferTensors.Raw(value).Span;
                binary.Write(bytes);
                text.Raw(string.Create(CultureInfo.InvariantCulture, $"\"parameters\": {{\"binary_data_size\": {bytes.Length}}}}}"));
            }
            else
            {
                text.Raw("\"data\": ");
                text.Tensor(value.Reshape(new Shape([value.Count])), 0, 0, isBytes: false, depth: 0);
                text.Raw("}");
            }

            isFirst = false;
        }

        return new(text.Raw("]}\n").ToString()) { Binary = binary.WrittenMemory };
    }

    private static (JsonTape Json, ReadOnlyMemory<byte> Binary) Parts(HttpContext context, byte[] body)
    {
        string header = context.Request.Headers[BinaryHeader].ToString();
        if (header.Length == 0)
            return (JsonParser.Parse(body), default);
        return int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= body.Length
            ? (JsonParser.Parse(body[..length]), body.AsMemory(length)) : throw ServingException.Invalid($"{BinaryHeader} is not a length within the body");
    }

    private string Metadata(string model, string? version)
    {
        using var lease = calls.Lease(model, version);
        var signature = InferCalls.SignatureOf(lease, null);
        string versions = string.Join(", ", calls.VersionsOf(model).Select(number => $"\"{number}\""));
        return $"{{\"name\": {JsonText.Quoted(model)}, \"versions\": [{versions}], \"platform\": {JsonText.Quoted(lease.Version.Platform)}, "
            + $"\"inputs\": [{Tensors(signature.Inputs)}], \"outputs\": [{Tensors(signature.Outputs)}]}}\n";
    }

    private static string Tensors(IReadOnlyDictionary<string, TensorSpec> tensors) => string.Join(", ", tensors.Select(tensor =>
        $"{{\"name\": {JsonText.Quoted(tensor.Key)}, \"datatype\": \"{WireTypes.Inference(tensor.Value.DType)}\", "
        + $"\"shape\": [{string.Join(", ", tensor.Value.Shape.Select(size => size.IsConstant ? size.Value : -1))}]}}"));

    private static Reply Ready(string members, bool isReady) =>
        new($"{{{members}}}\n") { Code = isReady ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest };

    private static string Text(bool flag) => flag ? "true" : "false";

    private static ServingException Malformed(HttpContext context, string path) => ServingException.Invalid($"Malformed request: {context.Request.Method} {path}");

    private sealed record Reply(string Json)
    {
        public ReadOnlyMemory<byte> Binary { get; init; }

        public int? Code { get; init; }
    }

    [GeneratedRegex(
        @"\A/v2/models/(?<model>[^/]+)(?:/versions/(?<version>[^/]+))?(?:/(?<verb>ready|infer))?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ModelPath();
}
