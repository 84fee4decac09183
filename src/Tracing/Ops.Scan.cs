namespace TensorGraph;

/// <summary>Functions that call a delegate along an axis.</summary>
public static partial class Ops
{
    /// <summary>
    /// Calls <paramref name="step"/> with one entry after the other along the first axis, and the state that the call before gave; one loop node in a
    /// graph, whatever the number of entries. <c>foreach</c> does the same as a statement.
    /// </summary>
    /// <remarks>
    /// Shape: each output gets the number of entries as its first axis; the state keeps its dtypes and shapes.
    /// Errors: TG1002 null; TG2001 sequences of different lengths; TG2003 one without an axis; TG3001 the state changes its type, or is not made of
    /// tensors; TG3004 there are no entries and the imperative run cannot find out the types of the outputs; TG3005 the step changes C# state.
    /// Gradient: through the state, the entries, the outputs and what the step reads from outside; of any order.
    /// Source: jax.lax.scan, tf.scan.
    /// </remarks>
    /// <param name="initial">The first state: a tensor, or a tuple, positional record or array of tensors; <c>default(ValueTuple)</c> for
    /// none.</param>
    /// <param name="items">Tensors with one first axis, in a structure of the same kinds.</param>
    /// <param name="step">(state, entry) → (next state, output). A graph repeats what is traced once (twice, to see that nothing else changes), so
    /// what changes from entry to entry is in the state.</param>
    /// <param name="reverse">From the last entry to the first; outputs still lie where their entries do.</param>
    /// <returns>The state after the last step, and the outputs stacked.</returns>
    /// <example>
    /// <code>
    /// Tensor x = new[] { 1f, 2f, 3f };
    /// var (sum, sums) = Ops.Scan((Tensor)0f, x, (total, item) =&gt; (total + item, total + item));
    /// Console.WriteLine(sums); // [1, 3, 6]
    /// </code>
    /// </example>
    public static (TState State, TOutput Outputs) Scan<TState, TItem, TOutput>(
        TState initial, TItem items, Func<TState, TItem, (TState State, TOutput Output)> step, bool reverse = false)
    {
        Check.NotNull(step);
        TOutput? shape = default;
        var scan = new Scan(Structure.Flatten(initial, "scan", "initial"), Structure.Flatten(items, "scan", "items"), reverse, (state, entries) =>
        {
            var (next, output) = step(Structure.Restore(initial, state), Structure.Restore(items, entries));
            shape = output;
            return (Structure.Flatten(next, "scan", "state"), Structure.Flatten(output, "scan", "output"));
        });
        var (last, outputs) = scan.Run();
        return (Structure.Restore(initial, last), Structure.Restore(shape!, outputs));
    }

    /// <summary>The same with a C# number as the first state, which takes the dtype of the items.</summary>
    /// <inheritdoc cref="Scan{TState, TItem, TOutput}"/>
    public static (Tensor State, TOutput Outputs) Scan<TItem, TOutput>(
        Scalar initial, TItem items, Func<Tensor, TItem, (Tensor State, TOutput Output)> step, bool reverse = false)
    {
        var parts = Structure.Flatten(items, "scan", "items");
        return Scan(parts.Length > 0 ? initial.Like(parts[0].Value) : initial, items, step, reverse);
    }

    /// <summary>
    /// The values of a function for each entry along the first axis of the items, stacked; one loop of a graph, whatever the number of entries.
    /// </summary>
    /// <remarks>As <see cref="Scan{TState, TItem, TOutput}"/> without a state. Source: tf.map_fn, jax.lax.map.</remarks>
    /// <example>
    /// <code>
    /// Tensor rows = new float[,] { { 1, 2 }, { 3, 4 } };
    /// Console.WriteLine(Ops.Map(rows, row =&gt; row.Max())); // [2, 4]
    /// </code>
    /// </example>
    public static TOutput Map<TItem, TOutput>(TItem items, Func<TItem, TOutput> function)
    {
        Check.NotNull(function);
        return Scan(default(ValueTuple), items, (none, entry) => (none, function(entry))).Outputs;
    }

    /// <summary>
    /// The values of a function of one entry, for all entries along an axis at once: <c>Ops.Vmap(x, row => Ops.Softmax(row))</c>. What the function
    /// reads from outside is shared by the entries.
    /// </summary>
    /// <remarks>
    /// The function is traced for one entry, imperatively too, and each of its ops becomes one for all entries; an op for which there is none goes
    /// through the entries in a loop. <see cref="Map"/> always does that. A condition on an entry is a branch of the graph; imperatively the function
    /// is then called for one entry after the other. Shape: results have the entries as their first axis. Errors: TG1001 the value of an entry, and
    /// in a graph a condition in a delegate from outside; TG1002 null; TG2001 items with different numbers of entries; TG2003 one without an axis;
    /// TG2004; TG3001 a result that is not made of tensors; TG3006 an op with an effect, or a size that depends on the entry.
    /// Gradient: to the items and to what the function reads from outside; of any order. Source: jax.vmap, torch.vmap.
    /// </remarks>
    /// <param name="items">A tensor, or a tuple, positional record or array of tensors.</param>
    /// <param name="function">An entry, without the axis, in the same structure → a tensor or a structure of tensors.</param>
    /// <param name="axis">The axis of the entries in all items.</param>
    /// <example>
    /// <code>
    /// Tensor a = new float[,] { { 1, 2 }, { 3, 4 } };
    /// Console.WriteLine(Ops.Vmap((a, a), pair =&gt; Ops.Sum(pair.Item1 * pair.Item2))); // [5, 25]
    /// </code>
    /// </example>
    public static TOutput Vmap<TItem, TOutput>(TItem items, Func<TItem, TOutput> function, int axis = 0)
    {
        Check.NotNull(function);
        TOutput? shape = default;
        var vmap = new Vmap(Structure.Flatten(items, "vmap", "items"), axis, entry =>
        {
            shape = function(Structure.Restore(items, entry));
            return [.. Structure.Flatten(shape, "vmap", "the result").Select(part => part.Value)];
        });
        var results = vmap.Run();
        return Structure.Restore(shape!, results);
    }

    /// <summary>
    /// Combines the entries of an axis from the first up to each one, with a function for which the grouping does not matter. It is called on many
    /// entries at once, about log₂ n times, on tensors that have any size along the axis: <c>Ops.AssociativeScan(x, (a, b) => a * b)</c> is a
    /// cumulative product.
    /// </summary>
    /// <remarks>
    /// Shape: that of the items. Which entries are combined first depends on n alone, so the result is the same imperatively and traced.
    /// Errors: TG1002 null; TG2001 items of different sizes along the axis; TG2003, TG2004 no such axis; TG3001 the function changes a type; TG3005
    /// it changes C# state. Gradient: through all of it. Source: jax.lax.associative_scan.
    /// </remarks>
    /// <param name="items">A tensor, or a tuple, positional record or array of tensors.</param>
    /// <param name="combine">(what comes first, what follows) → both together, along the axis entry by entry.</param>
    /// <param name="axis">Along which axis.</param>
    /// <param name="reverse">From the last entry to the first.</param>
    public static T AssociativeScan<T>(T items, Func<T, T, T> combine, int axis = 0, bool reverse = false)
    {
        Check.NotNull(combine);
        var scan = new AssociativeScan(Structure.Flatten(items, "associative_scan", "items"), axis, (first, second) =>
            [.. Structure.Flatten(combine(Structure.Restore(items, first), Structure.Restore(items, second)), "associative_scan", "the result")]);
        return Structure.Restore(items, scan.Run(reverse));
    }
}
