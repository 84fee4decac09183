using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Derivatives of functions of one tensor, by tapes of their own. Work imperatively and in graph functions, and of each other.</summary>
public static partial class Ops
{
    /// <summary>
    /// The value of a function and its gradient, or with <paramref name="outputGradient"/> the product of that with the Jacobian.
    /// </summary>
    /// <remarks>
    /// Shape: the gradient has that of x. DType: floats. Errors: TG1002 null; TG4001 an op without a gradient; TG4002 not of a float dtype. Gradient:
    /// of any order. Source: jax.vjp, torch.func.vjp.
    /// </remarks>
    public static (Tensor Value, Tensor Gradient) Vjp(Func<Tensor, Tensor> function, Tensor x, Tensor? outputGradient = null)
    {
        var (y, tape) = Taped(function, x);
        return (y, tape.Gradient(y, [x], outputGradient)[0] ?? ZerosLike(x));
    }

    /// <summary>The value of a function, and how it changes with x in the direction <paramref name="tangent"/>: the Jacobian times that.</summary>
    /// <remarks>
    /// Shape: the tangent has that of x, the change that of the value. DType: floats. Errors: TG1002, TG2001, TG4001, TG4002. Gradient: of any order.
    /// Source: jax.jvp, torch.func.jvp; computed as a gradient of the gradient, which is linear in what it is given.
    /// </remarks>
    public static (Tensor Value, Tensor Change) Jvp(Func<Tensor, Tensor> function, Tensor x, Tensor tangent)
    {
        Check.NotNull(tangent);
        using var outer = new GradientTape(watchVariables: false);
        var (y, tape) = Taped(function, x);
        var weight = ZerosLike(y);
        outer.Watch(weight);
        var pulled = tape.Gradient(y, [x], weight)[0];
        return (y, pulled is null ? ZerosLike(y) : outer.Gradient(Sum(pulled * tangent), weight) ?? ZerosLike(y));
    }

    /// <summary>All derivatives of the elements of a function's value by the elements of x.</summary>
    /// <remarks>
    /// Shape: that of the value, then that of x. The number of elements of the value is a constant of the trace: there is one gradient for each.
    /// DType: floats. Errors: TG1001 a size of the value that only a run knows; TG1002, TG4001, TG4002. Gradient: of any order. Source: jax.jacrev,
    /// tf.GradientTape.jacobian.
    /// </remarks>
    /// <example>
    /// <code>
    /// Tensor x = new[] { 1f, 2f };
    /// Console.WriteLine(Ops.Jacobian(t =&gt; t * t, x)[1]); // [0, 4]
    /// </code>
    /// </example>
    public static Tensor Jacobian(Func<Tensor, Tensor> function, Tensor x)
    {
        var (y, tape) = Taped(function, x, persistent: true);
        Shape from = y.GraphType.Shape, to = x.GraphType.Shape;
        long count = RowsOf(y);
        if (count == 0)
            return Zeros(x.Type.As(new Shape([.. from, .. to])));
        var rows = new Tensor[count];
        for (long i = 0; i < count; i++)
        {
            var seed = Reshape(OneHot(i, count, y.DType), [.. from]);
            rows[i] = tape.Gradient(y, [x], seed)[0] ?? ZerosLike(x);
        }

        return Reshape(Stack(rows), [.. from, .. to]);
    }

    // One for each element of the value: unlike other ops, this one needs the number.
    private static long RowsOf(Tensor y)
    {
        try
        {
            return y.Shape.ElementCount.Value;
        }
        catch (GraphException error) when (error.Id == DiagnosticIds.SymbolicAsValue)
        {
            throw new GraphException(error.Id,
                $"jacobian: the function's value has the shape {y.GraphType.Shape}, and the number of its elements is not known while the graph is traced",
                "Give the value a known size in the function, for instance with Ops.Reshape(y, 3).", SourceSpan.Capture());
        }
    }

    /// <summary>The second derivatives of a function whose value is a number.</summary>
    /// <remarks>Shape: that of x twice. As <see cref="Jacobian"/> of the gradient. Errors: TG2003 a value with axes. Source: jax.hessian.</remarks>
    public static Tensor Hessian(Func<Tensor, Tensor> function, Tensor x) => Jacobian(at => GradientOf("hessian", function, at), x);

    /// <summary>The second derivatives of a function whose value is a number, times a vector, at the price of two gradients.</summary>
    /// <remarks>Shape: that of x, which the vector has too. Errors: TG2003 a value with axes. Source: torch.autograd.functional.hvp.</remarks>
    public static Tensor Hvp(Func<Tensor, Tensor> function, Tensor x, Tensor vector)
    {
        Check.NotNull(vector);
        return Vjp(at => GradientOf("hvp", function, at), x, vector).Gradient;
    }

    /// <summary>
    /// The value of a function, with a gradient of its own: <paramref name="gradient"/> gets x, the value and the gradient of the value, and gives that of x.
    /// </summary>
    /// <remarks>
    /// Shape: the gradient has that of x. DType: floats. Errors: TG1002; TG2001 a gradient of another type; TG4002 a value that is not of a float
    /// dtype. Gradient: what the rule says; of any order, through the rule. Variables that the function reads get none. Source: tf.custom_gradient,
    /// jax.custom_vjp.
    /// </remarks>
    /// <example>
    /// <code>
    /// // The sign, with the gradient of the identity.
    /// var x = new Variable(-2f);
    /// using var tape = new GradientTape();
    /// Tensor y = Ops.CustomGradient(x.Value, Ops.Sign, (input, output, gradient) =&gt; gradient);
    /// Console.WriteLine(y); // -1
    /// Console.WriteLine(tape.Gradient(y, x)); // 1
    /// </code>
    /// </example>
    public static Tensor CustomGradient(Tensor x, Func<Tensor, Tensor> function, Func<Tensor, Tensor, Tensor, Tensor> gradient)
    {
        Check.NotNull(function);
        Check.NotNull(gradient);
        return CustomGradient([Check.NotNull(x)], inputs => function(inputs[0]), (inputs, y, g) => [gradient(inputs[0], y, g)]);
    }

    /// <summary>The same for several inputs: the rule gives one gradient for each of them.</summary>
    /// <inheritdoc cref="CustomGradient(Tensor, Func{Tensor, Tensor}, Func{Tensor, Tensor, Tensor, Tensor})"/>
    public static Tensor CustomGradient(
        IReadOnlyList<Tensor> inputs, Func<Tensor[], Tensor> function, Func<Tensor[], Tensor, Tensor, Tensor[]> gradient)
    {
        Check.NotNull(function);
        var rule = new GradientRule([.. Check.NotNull(inputs).Select(input => Check.NotNull(input))], Check.NotNull(gradient));
        return rule.Run(function);
    }

    /// <summary>
    /// Runs a part of a program whose intermediate values are not kept for the gradient: it computes them again, which takes less memory and more
    /// time. The numbers are the same.
    /// </summary>
    /// <remarks>
    /// Effects happen once: a gradient sees variables and random numbers as the block saw them. Imperatively the ops that ran are repeated, not the
    /// C# code. Errors: TG1002 null; TG3001 the result is not made of tensors; TG4001 in the gradient, for C# code in the block that returns
    /// tensors. Gradient: by what the block reads, of any order. Source: jax.checkpoint, torch.utils.checkpoint.
    /// </remarks>
    /// <param name="body">Gives a tensor, or a tuple, positional record or array of tensors.</param>
    /// <example>
    /// <code>
    /// var x = new Variable(2f);
    /// using var tape = new GradientTape();
    /// Tensor y = Ops.Checkpoint(() =&gt; Ops.Exp(x * x) * x);
    /// Console.WriteLine($"{tape.Gradient(y, x):f1}"); // 491.4
    /// </code>
    /// </example>
    public static T Checkpoint<T>(Func<T> body)
    {
        Check.NotNull(body);
        return ExecutionContext.Current switch
        {
            TraceContext trace => TracedBlock.Record(trace, RegionKind.Function, OpDefs.Checkpoint, Attrs.Empty, body),
            ImperativeContext { IsRecording: true } context => CheckpointedBlock.Run(body, context),
            _ => body(),
        };
    }

    /// <summary>The same for a function of one tensor, such as a layer.</summary>
    /// <inheritdoc cref="Checkpoint{T}(Func{T})"/>
    public static Tensor Checkpoint(Func<Tensor, Tensor> function, Tensor x)
    {
        Check.NotNull(function);
        Check.NotNull(x);
        return Checkpoint(() => Check.NotNull(function(x), "the value of the function"));
    }

    private static Tensor GradientOf(string op, Func<Tensor, Tensor> function, Tensor x)
    {
        var (y, tape) = Taped(function, x);
        if (y.Rank != 0)
            Throw.Rank(op, $"the value of the function is {y.GraphType}", "It is one number: sum it.");
        return tape.Gradient(y, x) ?? ZerosLike(x);
    }

    private static (Tensor Value, GradientTape Tape) Taped(Func<Tensor, Tensor> function, Tensor x, bool persistent = false)
    {
        Check.NotNull(function);
        using var tape = new GradientTape(persistent, watchVariables: false);
        tape.Watch(Check.NotNull(x));
        return (Check.NotNull(function(x), "the value of the function"), tape);
    }
}
