namespace TensorGraph.Torch;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

// Names are torch's, where the members are documented.
#pragma warning disable CS1591

/// <summary>The members of TorchSharp's modules that take or give tensors, on tensors of a graph.</summary>
[System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
public static class TorchModules
{
    public static Tensor forward(this Module<torch.Tensor, torch.Tensor> module, Tensor input) => ModuleTable.Run(module, input);

    public static Tensor call(this IModule<torch.Tensor, torch.Tensor> module, Tensor input) => ModuleTable.Run(module, input);

    public static Tensor forward(this Module<torch.Tensor, torch.Tensor, torch.Tensor> module, Tensor input1, Tensor input2) =>
        ModuleTable.Run(module, input1, input2);

    public static Tensor call(this IModule<torch.Tensor, torch.Tensor, torch.Tensor> module, Tensor input1, Tensor input2) =>
        ModuleTable.Run(module, input1, input2);

    public static Tensor forward(
        this Module<torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor> module, Tensor input1, Tensor input2, Tensor input3) =>
        ModuleTable.Run(module, input1, input2, input3);

    public static Tensor call(
        this IModule<torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor> module, Tensor input1, Tensor input2, Tensor input3) =>
        ModuleTable.Run(module, input1, input2, input3);

    public static (Tensor, Tensor, Tensor) forward(this LSTM module, Tensor input, (Tensor, Tensor)? h0_c0 = null) =>
        RecurrentModules.Lstm(module, input, h0_c0);

    public static (Tensor, Tensor, Tensor) call(this LSTM module, Tensor input, (Tensor, Tensor)? h0_c0 = null) =>
        RecurrentModules.Lstm(module, input, h0_c0);

    public static (Tensor, Tensor) forward(this GRU module, Tensor input, Tensor? h0 = null) => RecurrentModules.Gru(module, input, h0);

    public static (Tensor, Tensor) call(this GRU module, Tensor input, Tensor? h0 = null) => RecurrentModules.Gru(module, input, h0);

    public static Tuple<Tensor, Tensor> forward(
        this MultiheadAttention module, Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask, bool need_weights, Tensor? attn_mask) =>
        AttentionModules.Attend(module, query, key, value, key_padding_mask, need_weights, attn_mask);

    public static Tuple<Tensor, Tensor> call(
        this MultiheadAttention module, Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask = null, bool need_weights = true,
        Tensor? attn_mask = null) =>
        AttentionModules.Attend(module, query, key, value, key_padding_mask, need_weights, attn_mask);

    public static Tensor call(this TransformerEncoderLayer module, Tensor src, Tensor? src_mask, Tensor? src_key_padding_mask = null) =>
        AttentionModules.Encode(module, src, src_mask, src_key_padding_mask);

    /// <summary>Sets a module's mode while tracing would set it once only.</summary>
    /// <exception cref="GraphException">TG1014, always.</exception>
    public static void traced_train(this Module module, bool on = true) => Mode(module, on ? "train" : "eval");

    /// <summary>Sets a module's mode while tracing would set it once only.</summary>
    /// <exception cref="GraphException">TG1014, always.</exception>
    public static void traced_eval(this Module module) => Mode(module, "eval");

    private static void Mode(Module module, string call) => Throw.Raise(
        DiagnosticIds.NotTraceableTorch, call, $"a graph function sets the mode of {module.GetType().Name}, which would happen only while tracing",
        "Call it before the graph function: the mode is a part of the signature.");
}
