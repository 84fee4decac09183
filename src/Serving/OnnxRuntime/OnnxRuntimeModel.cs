using Grpc.Core;
using Microsoft.ML.OnnxRuntime;

namespace TensorGraph.Serving;

/// <summary>A model in a session of ONNX Runtime. Sessions may run on many threads at one time.</summary>
internal sealed class OnnxRuntimeModel
{
    private readonly InferenceSession _session;
    private readonly string[] _inputs, _outputs;

    private OnnxRuntimeModel(InferenceSession session, string[] inputs, string[] outputs) =>
        (_session, _inputs, _outputs) = (session, inputs, outputs);

    /// <summary>Loads a model.</summary>
    /// <exception cref="ServingException">The model is refused, or has an input that no request could hold.</exception>
    public static ServableModel Open(string file)
    {
        // Exceptions say what its log would. Threads that spin between two runs would take time from requests.
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        InferenceSession session;
        try
        {
            session = new(file, options);
        }
        catch (OnnxRuntimeException fault)
        {
            throw ServingException.Invalid($"ONNX Runtime does not load the model: {fault.Message}", fault);
        }

        try
        {
            return Of(session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static ServableModel Of(InferenceSession session)
    {
        var sizes = new OnnxRuntimeSizes();
        var inputs = new OrderedDictionary<string, TensorSpec>(StringComparer.Ordinal);
        foreach (string name in session.InputNames)
            inputs[name] = sizes.Spec(name, session.InputMetadata[name]) ?? throw ServingException.Invalid($"input '{name}' is no tensor");
        // What is no tensor, as a map of classes to scores is none, can't be in a reply: such outputs are left out.
        var outputs = new OrderedDictionary<string, TensorSpec>(StringComparer.Ordinal);
        foreach (string name in session.OutputNames)
        {
            if (sizes.Spec(name, session.OutputMetadata[name]) is { } spec)
                outputs[name] = spec;
        }

        if (outputs.Count == 0)
            throw ServingException.Invalid("no output of the model is a tensor");
        var model = new OnnxRuntimeModel(session, [.. inputs.Keys], [.. outputs.Keys]);
        var signature = new ServableSignature(ServableSignature.Default, SignatureMethod.Predict, inputs, outputs, model.Run);
        var signatures = new OrderedDictionary<string, ServableSignature>(StringComparer.Ordinal) { [signature.Name] = signature };
        return new(signatures) { Unload = session.Dispose };
    }

    private OrderedDictionary<string, Literal> Run(IReadOnlyDictionary<string, Literal> inputs, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var values = new OrtValue?[_inputs.Length];
        try
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = OnnxRuntimeTensors.Value(inputs[_inputs[i]]);
            using var options = new RunOptions();
            using var stop = cancellation.Register(() => options.Terminate = true);
            using var results = _session.Run(options, _inputs, values!, _outputs);
            var named = new OrderedDictionary<string, Literal>(StringComparer.Ordinal);
            foreach (var (name, result) in _outputs.Zip(results))
                named[name] = OnnxRuntimeTensors.Literal(name, result);
            return named;
        }
        catch (OnnxRuntimeException fault)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Failed(fault);
        }
        finally
        {
            foreach (var value in values)
                value?.Dispose();
        }
    }

    // "[ErrorCode:RuntimeException] Non-zero status code … Status Message: /source/gather.cc:123 …": the place in the source is not for clients.
    private static ServingException Failed(OnnxRuntimeException fault)
    {
        const string Mark = "Status Message: ", Place = ".cc:";
        string text = fault.Message;
        if (text.Contains("allocate memory", StringComparison.Ordinal) || text.Contains("bad_alloc", StringComparison.Ordinal))
            return new(StatusCode.ResourceExhausted, "There is not enough memory for this request.", fault);
        int at = text.LastIndexOf(Mark, StringComparison.Ordinal);
        text = at >= 0 ? text[(at + Mark.Length)..] : text[(text.IndexOf(']', StringComparison.Ordinal) + 1)..];
        text = text.Contains(Place, StringComparison.Ordinal) || text.Contains("/onnxruntime", StringComparison.Ordinal)
            ? "ONNX Runtime refuses these inputs; the log of the server has the details" : text;
        return ServingException.Invalid(text.Trim(), fault);
    }
}
