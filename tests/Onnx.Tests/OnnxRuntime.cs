using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using TensorGraph.OnnxFormat;

namespace TensorGraph.Tests;

/// <summary>Runs models in ONNX Runtime, which the tests compare with.</summary>
internal static class OnnxRuntime
{
    private static readonly RunOptions Options = new();

    /// <summary>Why it can't be loaded on this machine; null when it can.</summary>
    public static string? Missing { get; } = Load();

    private static string? Load()
    {
        try
        {
            // Warnings of models that are odd on purpose are no news.
            OrtEnv.Instance().EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
            return null;
        }
        catch (Exception fault) when (fault is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException)
        {
            return $"ONNX Runtime can't be loaded here: {fault.GetBaseException().Message}";
        }
    }

    /// <summary>The outputs of a model in order. A model that it refuses is an <see cref="OnnxRuntimeException"/>.</summary>
    public static Literal[] Run(ModelProto model, params Literal[] inputs) => Run(model.ToByteArray(), inputs);

    /// <inheritdoc cref="Run(ModelProto, Literal[])"/>
    public static Literal[] Run(byte[] model, params Literal[] inputs)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var session = new InferenceSession(model, options);
        OrtValue[] values = [.. inputs.Select(ValueOf)];
        try
        {
            using var outputs = session.Run(Options, [.. session.InputNames], values, [.. session.OutputNames]);
            return [.. outputs.Select(LiteralOf)];
        }
        finally
        {
            foreach (var value in values)
                value.Dispose();
        }
    }

    private static OrtValue ValueOf(Literal literal)
    {
        long[] shape = literal.Type.Shape.ToArray();
        switch (literal.Data)
        {
            case string[] texts:
                var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
                for (int i = 0; i < texts.Length; i++)
                    value.StringTensorSetElementAt(texts[i].AsSpan(), i);
                return value;
            case Half[] halves: return OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<Half, Float16>(halves).ToArray(), shape);
            case BFloat16[] halves:
                return OrtValue.CreateTensorValueFromMemory(
                    MemoryMarshal.Cast<BFloat16, Microsoft.ML.OnnxRuntime.BFloat16>(halves).ToArray(), shape);
            case bool[] data: return OrtValue.CreateTensorValueFromMemory(data, shape);
            case byte[] data when literal.Type.DType == DType.U8: return OrtValue.CreateTensorValueFromMemory(data, shape);
            case sbyte[] data: return OrtValue.CreateTensorValueFromMemory(data, shape);
            case short[] data: return OrtValue.CreateTensorValueFromMemory(data, shape);
            case int[] data: return OrtValue.CreateTensorValueFromMemory(data, shape);
            case long[] data: return OrtValue.CreateTensorValueFromMemory(data, shape);
            case float[] data: return OrtValue.CreateTensorValueFromMemory(data, shape);
            default: return OrtValue.CreateTensorValueFromMemory((double[])literal.Data, shape);
        }
    }

    private static Literal LiteralOf(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        var dtype = ElementTypes.Find((long)info.ElementDataType) ?? throw new InvalidOperationException($"{info.ElementDataType}");
        var type = new TensorType(dtype, new Shape(info.Shape));
        if (dtype == DType.String)
            return new(type, value.GetStringTensorAsArray());
        var literal = Literal.Zeros(type);
        int bytes = checked((int)(literal.Count * dtype.Size()));
        if (bytes > 0)
            value.GetTensorMutableRawData().CopyTo(literal.Bytes(0, bytes));
        return literal;
    }
}
