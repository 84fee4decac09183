using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>
/// Entry points of converted control flow while a method is traced. A condition that is known while tracing (the objects <see cref="True"/> and
/// <see cref="False"/>, or any concrete tensor) makes no node: the side that is taken is traced in place.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GraphControl
{
    /// <summary>Stands for a variable without a value yet.</summary>
    public static Tensor Undefined { get; } = false;

    /// <summary>Stands for a variable of type array without a value yet.</summary>
    public static Tensor[] NoArray { get; } = [Undefined];

    /// <summary>Stands for a variable of type list without a value yet.</summary>
    public static List<Tensor> NoList { get; } = [Undefined];

    /// <summary>A variable that is declared where a method gives it a value, with one that stands for "none yet".</summary>
    public static ref T Start<T>([UnscopedRef] out T place, T none)
    {
        place = none;
        return ref place;
    }

    /// <summary>A condition known to hold.</summary>
    public static Tensor True { get; } = true;

    /// <summary>A condition known not to hold.</summary>
    public static Tensor False { get; } = false;

    /// <summary>True while this thread traces a graph function.</summary>
    public static bool IsTracing => ExecutionContext.Current is TraceContext;

    /// <summary>A known condition.</summary>
    public static Tensor Constant(bool value) => value ? True : False;

    /// <summary>
    /// Says which fields and properties of <paramref name="owner"/> (null: static ones) the method reads: the trace serves a call only while they
    /// have the same values.
    /// </summary>
    public static void Reads(object? owner, string[] names, Action<object?, GraphCall> read)
    {
        if (ExecutionContext.Current is TraceContext trace)
            trace.Observe(owner, names, read);
    }

    /// <summary>An object that the method makes for itself: its state is no state that the trace depends on.</summary>
    public static T Made<T>(T made) where T : class
    {
        if (ExecutionContext.Current is TraceContext trace)
            trace.Make(made);
        return made;
    }

    /// <summary>
    /// The elements of a collection in order. A branch that is traced assigns elements of a list whether it is taken or not, so that only adding and
    /// removing them is an error for code that walks through it.
    /// </summary>
    public static IEnumerable<Tensor> Elements(IEnumerable<Tensor> items) => items is List<Tensor> list ? Elements(list) : items;

    private static IEnumerable<Tensor> Elements(List<Tensor> list)
    {
        int count = list.Count;
        for (int i = 0; i < count; i++)
        {
            yield return list[i];
            if (list.Count != count)
                throw new InvalidOperationException("Collection was modified; enumeration operation may not execute.");
        }
    }

    /// <summary>A size that is the value of <paramref name="number"/>, an i64 scalar, when the graph runs.</summary>
    public static Dim Size(Tensor number)
    {
        var size = Dim.Fresh();
        ((TraceContext)ExecutionContext.Current).BindSize(size, number);
        return size;
    }

    /// <summary>Starts an <c>if</c> that carries nothing.</summary>
    public static IfBuilder<Unit> If(Tensor condition) => If(condition, default, Carried.Nothing);

    /// <summary>Starts an <c>if</c>; <paramref name="before"/> are the carried values ahead of it.</summary>
    public static IfBuilder<T> If<T>(Tensor condition, T before, Carried<T> carried) => new(condition, before, carried);

    /// <summary>Starts the test of a loop that is made in its body and carries nothing.</summary>
    public static IfBuilder<Unit> Test(Tensor condition) => Test(condition, default, Carried.Nothing);

    /// <summary>Starts the test of a loop that is made in its body, where the rest of the iteration is the branch for true.</summary>
    public static IfBuilder<T> Test<T>(Tensor condition, T before, Carried<T> carried) => new(condition, before, carried, "while");

    /// <summary>
    /// Keeps the value that a variable has ahead of a branch. By reference, so that a compiler that optimises doesn't hold it on the evaluation
    /// stack: statements of the branch would have no lines when they run.
    /// </summary>
    public static void Save<T>(T value, out T saved)
        where T : allows ref struct => saved = value;

    /// <summary>Starts a <c>while</c> that carries nothing.</summary>
    public static WhileBuilder<Unit> While() => While(default, Carried.Nothing);

    /// <summary>Starts a <c>while</c>; <paramref name="before"/> are the carried values ahead of it.</summary>
    public static WhileBuilder<T> While<T>(T before, Carried<T> carried) => new(before, carried);

    /// <summary>True when no flag is set.</summary>
    public static Tensor NoneOf(params ReadOnlySpan<Tensor> flags)
    {
        Tensor? any = null;
        foreach (var flag in flags)
        {
            if (Known(flag) is { } known)
            {
                if (known)
                    return False;
                continue;
            }

            any = any is null ? flag : any | flag;
        }

        return any is null ? True : !any;
    }

    /// <summary>True when one of the flags is set, and known to be, while tracing.</summary>
    public static bool AnyKnown(params ReadOnlySpan<Tensor> flags)
    {
        foreach (var flag in flags)
        {
            if (Known(flag) is true)
                return true;
        }

        return false;
    }

    /// <summary>The end test of a loop, turned round: true when it is over.</summary>
    public static Tensor Not(Tensor condition)
    {
        if (Known(condition) is { } known)
            return Constant(!known);
        return !TracedRegion.ConditionOf(condition, SourceSpan.Capture());
    }

    /// <summary><c>left &amp;&amp; right</c>: the right side runs only when the left one holds.</summary>
    public static Tensor AndAlso(Tensor left, Func<Tensor> right)
    {
        if (Check.NotNull(left).Rank != 0)
            return Select(left, () => left & right(), () => left);
        var second = True;
        var both = Select(left, () => second = Operand(right), () => False);
        // C# decides it where the right side is known not to hold.
        return Known(second) == false ? False : both;
    }

    /// <summary><c>left || right</c>: the right side runs only when the left one does not hold.</summary>
    public static Tensor OrElse(Tensor left, Func<Tensor> right)
    {
        if (Check.NotNull(left).Rank != 0)
            return Select(left, () => left, () => left | right());
        var second = False;
        var either = Select(left, () => True, () => second = Operand(right));
        return Known(second) == true ? True : either;
    }

    /// <summary><c>condition ? then : otherwise</c>: only the chosen side runs.</summary>
    public static Tensor Select(Tensor condition, Func<Tensor> then, Func<Tensor> otherwise) =>
        Select(condition, then, otherwise, static value => [value], static leaves => leaves[0]);

    /// <summary><c>condition ? then : otherwise</c> for a structure of tensors.</summary>
    public static T Select<T>(Tensor condition, Func<T> then, Func<T> otherwise, Func<T, Tensor[]> flatten, Func<Tensor[], T> restore)
    {
        if (Known(condition) is { } known)
            return known ? then() : otherwise();
        var branches = new TracedIf(condition);
        branches.Open();
        branches.EndThen(flatten(then()), []);
        branches.Open();
        branches.EndElse(flatten(otherwise()), []);
        return restore(branches.End()!);
    }

    /// <summary>A delegate over the values that parameters passed by reference have now.</summary>
    public static R Holding<T, R>(T values, Func<T, R> make) => make(values);

    /// <summary>An arm of a switch whose pattern fits; <paramref name="when"/> is its tensor condition, if any.</summary>
    public static Arm<T> Arm<T>(Func<Tensor>? when, Func<T> value) => new(when, value);

    /// <summary>A switch expression that gives a tensor.</summary>
    public static T Match<S, T>(S value, params Func<S, Arm<T>?>[] arms) =>
        Match(value, static result => [(Tensor)(object)result!], static leaves => (T)(object)leaves[0], arms);

    /// <summary>A switch expression that gives a structure of tensors: the first arm whose pattern fits and whose condition holds.</summary>
    public static T Match<S, T>(S value, Func<T, Tensor[]> flatten, Func<Tensor[], T> restore, params Func<S, Arm<T>?>[] arms)
    {
        int leaves = 0;
        bool isStaged = false;
        T From(int first)
        {
            for (int i = first; i < arms.Length; i++)
            {
                if (arms[i](value) is not { } arm)
                    continue;
                if (arm.When?.Invoke() is not { } condition)
                    return arm.Value();
                int rest = i + 1;
                isStaged |= condition.IsSymbolic;
                return Select(condition, () => ValueOf(arm), () => From(rest), flatten, restore);
            }

            if (!isStaged)
                throw new SwitchExpressionException(value);
            // An arm may fit when the graph runs; if none does, the graph throws there.
            Throw([], _ => new SwitchExpressionException(value));
            return restore([.. Enumerable.Repeat(Undefined, leaves)]);
        }

        T ValueOf(Arm<T> arm)
        {
            var result = arm.Value();
            leaves = flatten(result).Length;
            return result;
        }

        return From(0);
    }

    /// <summary>Around a C# loop: counts the nodes that it records, so that a graph that grows with it does not surprise.</summary>
    public static IDisposable? Unrolled(string file, int line) => (ExecutionContext.Current as TraceContext)?.Unroll(new SourceSpan(file, line, ""));

    /// <summary>A host call has opened something that later ones of the run use: it is disposed of when the run ends, however it does.</summary>
    public static void Opened(IDisposable opened) => Backends.HostCode.Opened(Check.NotNull(opened));

    /// <summary>A host call has disposed of what one opened.</summary>
    public static void Closed(IDisposable closed) => Backends.HostCode.Closed(Check.NotNull(closed));

    /// <summary>Runs code of the host while a graph is traced: ops run at once, and none is recorded.</summary>
    public static T OnHost<T>(Func<T> run)
    {
        Check.NotNull(run);
        using var imperatively = ExecutionContext.Enter(null);
        return run();
    }

    /// <summary>Throws when the graph gets here: the exception is made of the values that the tensors have then.</summary>
    /// <param name="shown">The tensors.</param>
    /// <param name="exception">Makes the exception.</param>
    /// <param name="mayReadVariables">True when it may read variables: then it has its place among the reads and assignments of the graph.</param>
    public static void Throw(Tensor[] shown, Func<Tensor[], Exception> exception, bool mayReadVariables = false) =>
        Ops.ThrowWhenRun(exception, shown, mayReadVariables);

    /// <summary>The operand <c>throw …</c> of a conditional expression; tracing goes on with <paramref name="instead"/>.</summary>
    public static T Thrown<T>(Action thrown, T instead)
    {
        thrown();
        return instead;
    }

    /// <summary>The first index of a <c>foreach</c> over a tensor.</summary>
    public static Tensor First(Tensor items) => Check.NotNull(items).Rank > 0 ? 0L : throw items.NoAxisToWalk();

    /// <summary>True while an index is inside the first axis.</summary>
    public static Tensor HasElement(Tensor items, Tensor index) => index < Ops.Size(items, 0);

    /// <summary>One element along the first axis.</summary>
    public static Tensor Element(Tensor items, Tensor index) => items[index];

    /// <summary>The first index of a <c>foreach</c> over an array.</summary>
    public static Tensor First(TensorArray items)
    {
        Check.NotNull(items);
        return 0L;
    }

    /// <summary>True while an index is inside an array.</summary>
    public static Tensor HasElement(TensorArray items, Tensor index) => index < Check.NotNull(items).Count;

    /// <summary>One element of an array.</summary>
    public static Tensor Element(TensorArray items, Tensor index) => items[index];

    /// <summary>The first element of a <c>foreach</c> over a range, which is its own index.</summary>
    public static Tensor First(TensorRange items) => Check.NotNull(items).Start;

    /// <summary>True while an index is below the limit.</summary>
    public static Tensor HasElement(TensorRange items, Tensor index) => index < Check.NotNull(items).Limit;

    /// <summary>One element of a range.</summary>
    public static Tensor Element(TensorRange items, Tensor index) => index;

    /// <summary>The next index.</summary>
    public static Tensor Next(Tensor index) => index + 1;

    /// <summary>The value of a condition that needs no graph, else null.</summary>
    internal static bool? Known(Tensor condition) => Check.NotNull(condition).IsSymbolic ? null : (bool)condition;

    // One element has the shape of the other side.
    private static Tensor Operand(Func<Tensor> right)
    {
        var operand = right();
        return operand.IsSymbolic ? TracedRegion.ConditionOf(operand, SourceSpan.Capture()) : operand;
    }
}

/// <summary>An arm of a switch expression.</summary>
/// <typeparam name="T">Result of the switch.</typeparam>
/// <param name="when">Tensor condition, or null.</param>
/// <param name="value">Result.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class Arm<T>(Func<Tensor>? when, Func<T> value)
{
    internal Func<Tensor>? When => when;

    internal Func<T> Value => value;
}

/// <summary>A sequence over which <c>foreach</c> becomes a graph loop.</summary>
/// <typeparam name="T">Element: a tensor or a structure of tensors.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGraphSequence<out T>
{
    /// <summary>Starts an iteration.</summary>
    IGraphIterator<T> GetGraphIterator();
}

/// <summary>A position in a <see cref="IGraphSequence{T}"/>, with its state outside the graph.</summary>
/// <typeparam name="T">Element.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGraphIterator<out T>
{
    /// <summary>The element that <see cref="MoveNext"/> moved to.</summary>
    T Current { get; }

    /// <summary>Moves on; false at the end.</summary>
    Tensor MoveNext();

    /// <summary>Says that the loop is over, also where it was left early.</summary>
    void End();
}
