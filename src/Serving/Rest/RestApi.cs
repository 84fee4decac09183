using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace TensorGraph.Serving;

/// <summary>The REST interface of TensorFlow Serving.</summary>
internal sealed class RestApi(ModelCalls calls, RequestRecord record, bool writesNonFinite, TimeSpan timeout)
{
    private readonly TaskCalls _tasks = new(calls);

    /// <summary>Answers a request under <c>/v1/</c>.</summary>
    public async Task AnswerAsync(HttpContext context, string path)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(timeout);
        RestPath? target = null;
        string api = "status";
        ServingException? malformed = null;
        try
        {
            target = RestPath.Parse(context.Request.Method, path);
            api = target.Verb is "" ? "status" : target.Verb;
        }
        catch (ServingException fault)
        {
            malformed = fault;
        }

        var (status, body) = await record.AnswerAsync(
            target?.Model, api, "REST", () => deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested,
            async () => malformed is null ? (StatusCode.OK, await BodyAsync(context, target!, deadline.Token).ConfigureAwait(false)) : throw
                malformed,
            static (status, text) => (status, ErrorJson(text))).ConfigureAwait(false);
        await RestBody.WriteAsync(context, Faults.HttpCode(status), body).ConfigureAwait(false);
    }

    /// <summary>The body of an error.</summary>
    public static string ErrorJson(string text) => $"{{ \"error\": {JsonText.Quoted(text)} }}\n";

    private async Task<string> BodyAsync(HttpContext context, RestPath path, CancellationToken cancellation)
    {
        if (path.Verb.Length == 0)
            return MetadataJson.Status(ModelMetadata.Status(calls.Registry, path.Model, path.Number));
        var target = new ModelTarget(path.Model, path.Number, path.Label, ServableSignature.Default);
        using var lease = calls.Lease(target);
        if (path.Verb == "metadata")
            return MetadataJson.Metadata(target.Answered(lease.Version, hasSignature: false), ModelMetadata.SignaturesOf(lease.Servable));
        var json = JsonParser.Parse(await RestBody.ReadAsync(context, cancellation).ConfigureAwait(false));
        string signature = PredictJson.SignatureOf(json);
        switch (path.Verb)
        {
            case "predict":
                return await PredictAsync(lease, json, signature, cancellation).ConfigureAwait(false);
            case "classify":
                var examples = ExampleInputs.Of(ExampleJson.Read(json, calls.Settings.Limits));
                return ExampleJson.Write(await _tasks.ClassifyAsync(lease, signature, examples, "classify", cancellation).ConfigureAwait(false), writesNonFinite);
            default:
                examples = ExampleInputs.Of(ExampleJson.Read(json, calls.Settings.Limits));
                return ExampleJson.Write(await _tasks.RegressAsync(lease, signature, examples, "regress", cancellation).ConfigureAwait(false), writesNonFinite);
        }
    }

    private async Task<string> PredictAsync(ModelLease lease, JsonTape json, string name, CancellationToken cancellation)
    {
        var signature = calls.Signature(
            lease, name, SignatureMethod.Predict, static unknown => ServingException.Invalid($"Serving signature name: \"{unknown}\" not found in signature def"));
        var (inputs, isRows) = PredictJson.Read(json, signature, calls.Settings.Limits);
        var outputs = await calls.RunAsync(lease, signature, inputs, [.. signature.Outputs.Keys], "predict", cancellation).ConfigureAwait(false);
        return PredictJson.Write(outputs, isRows, writesNonFinite);
    }
}
