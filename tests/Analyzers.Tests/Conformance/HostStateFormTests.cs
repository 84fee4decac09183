using System.Reflection;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Conformance;

/// <summary>In whatever form a graph function reads C# state that it can name: a call sees the change.</summary>
public sealed class HostStateFormTests
{
    // Members of the model, how a value is set, what the graph function does, and types beside the model.
    private static readonly Dictionary<string, (string Members, string Set, string Body, string Types)> s_forms = new()
    {
        ["Deconstruction of the own object"] = ("public void Deconstruct(out float a, out float b) => (a, b) = (_rate, 1);", "_rate = v;", "var (a, b) = this; return x * a * b;", ""),
        ["Positional pattern"] = ("public void Deconstruct(out float a, out float b) => (a, b) = (_rate, 1);", "_rate = v;", "return this is (var a, var b) ? x * a * b : x;", ""),
        ["Getter that calls a method"] = ("private float Get() => _rate; private float Now => Get();", "_rate = v;", "return x * Now;", ""),
        ["Getter of another object"] = ("private readonly Cell _cell = new();", "_cell.Set(v);", "return x * _cell.Now;", "public class Cell { private float _value; public void Set(float v) => _value = v; public float Now => _value; }"),
        ["Static getter"] = ("", "Cell.Set(v);", "return x * Cell.Now;", "public static class Cell { private static float s_value; public static void Set(float v) => s_value = v; public static float Now => s_value; }"),
        ["Private field of the base class"] = ("", "base.Set(v);", "return x * Now;", "public class Base { private float _value; public void Set(float v) => _value = v; protected float Now => _value; } public partial class Model : Base;"),
        ["Default member of an interface"] = ("private readonly IRate _behind; public Model() => _behind = new Rate(this); public float Now => _rate;", "_rate = v;", "return x * _behind.Twice;", "public interface IRate { float Get(); float Twice => 2 * Get(); } public class Rate(Model model) : IRate { public float Get() => model.Now; }"),
        ["Text of the own object"] = ("public override string ToString() => _rate.ToString();", "_rate = v;", "return x * float.Parse($\"{this}\");", ""),
        ["Field keyword"] = ("private float Now { get => field + 1; set => field = value - 1; }", "Now = v;", "return x * Now;", ""),
        ["Field keyword of another object"] = ("private readonly Cell _cell = new();", "_cell.Now = v;", "return x * _cell.Now;", "public class Cell { public float Now { get => field; set => field = value * 1; } }"),
        ["Reference that a property returns"] = ("private ref float Now => ref _rate;", "Now = v;", "return x * Now;", ""),
        ["Property pattern"] = ("private readonly Cell _cell = new();", "_cell.Value = v;", "return this is { _cell.Value: > 1 } ? x * 2 : x;", "public class Cell { public float Value; }"),
        ["Switch on another object"] = ("private readonly Cell _cell = new();", "_cell.Value = v;", "return _cell switch { { Value: > 2 } => x * 3, { Value: > 1 } => x * 2, _ => x };", "public class Cell { public float Value; }"),
        ["Nested pattern with a getter"] = ("private readonly Cell _cell = new(); private Cell Own => _cell;", "_cell.Value = v;", "return this is { Own: { Now: > 1 } } ? x * 2 : x;", "public class Cell { public float Value; public float Now => Value; }"),
        ["Lambda of a query"] = ("private readonly float[] _ones = [1];", "_rate = v;", "return x * (from one in _ones select one * _rate).Sum();", ""),
        ["Iterator"] = ("private IEnumerable<float> Rates() { yield return Get(); } private float Get() => _rate;", "_rate = v;", "foreach (float rate in Rates()) x = x * rate; return x;", ""),
        ["Static abstract member"] = ("", "Rate.Value = v;", "return x * Get<Rate>(); static float Get<T>() where T : IRate => Rate.Value;", "public interface IRate { static abstract float Now { get; } } public class Rate : IRate { public static float Value; public static float Now => Value; }"),
        ["Element of an array, by a span"] = ("private readonly float[] _rates = [1];", "_rates.AsSpan()[0] = v;", "return x * _rates[0];", ""),
        ["Element of an array, by another name"] = ("private readonly float[] _rates = [1];", "float[] rates = _rates; rates[0] = v;", "return x * _rates[0];", ""),
        ["Element of an array, by a method"] = ("private readonly float[] _rates = [1];", "Array.Fill(_rates, v);", "foreach (float rate in _rates) x = x * rate; return x;", ""),
        ["Element of an array that others keep"] = ("private readonly float[] _rates; public Model() => _rates = Kept.Rates;", "Kept.Rates[0] = v;", "return x * _rates[0];", "public static class Kept { public static readonly float[] Rates = [1]; }"),
        ["Array in an array"] = ("private readonly float[][] _rates = [[1]];", "_rates[0][0] = v;", "return x * _rates[0][0];", ""),
        ["Array of two axes"] = ("private readonly float[,] _rates = { { 1 } };", "_rates[0, 0] = v;", "return x * _rates[0, 0];", ""),
        ["Array of structs"] = ("private readonly Cell[] _cells = new Cell[1];", "_cells[0].Value = v;", "return x * _cells[0].Value;", "public struct Cell { public float Value; }"),
        ["Spread"] = ("private readonly float[] _rates = [1];", "_rates[0] = v;", "float[] rates = [.. _rates]; return x * rates[0];", ""),
        ["List that grows"] = ("private readonly List<int> _list = [];", "_list.Add((int)v);", "return x * _list.Count;", ""),
        ["List that the method itself lets grow"] = ("private readonly List<int> _list = [];", "", "_list.Add(1); return x * _list.Count;", ""),
        ["Dictionary"] = ("private readonly Dictionary<string, float> _rates = [];", "_rates[\"a\"] = v;", "return x * _rates[\"a\"];", ""),
        ["List that is null at first"] = ("private List<float>? _list;", "if (v > 1) _list = [v];", "return x * (_list?.Count ?? 5);", ""),
        ["Token in a field"] = ("private readonly System.Threading.CancellationTokenSource _source = new();", "if (v > 1) _source.Cancel();", "return _source.Token.IsCancellationRequested ? x * 2 : x;", ""),
        ["Token that was copied"] = ("private readonly System.Threading.CancellationTokenSource _source = new(); private readonly System.Threading.CancellationToken _token; public Model() => _token = _source.Token;", "if (v > 1) _source.Cancel();", "if (_token.IsCancellationRequested) return x * 2; return x;", ""),
        ["Length of a StringBuilder"] = ("private readonly System.Text.StringBuilder _text = new();", "_text.Append((int)v);", "return x * _text.Length;", ""),
        ["Text of a StringBuilder"] = ("private readonly System.Text.StringBuilder _text = new();", "_text.Clear().Append((int)v);", "return x * float.Parse(\"0\" + _text.ToString());", ""),
        ["Position of a stream"] = ("private readonly System.IO.MemoryStream _bytes = new();", "_bytes.WriteByte((byte)v);", "return x * _bytes.Position + _bytes.Length;", ""),
        ["Stopwatch that runs"] = ("private readonly System.Diagnostics.Stopwatch _watch = new();", "if (v > 1) _watch.Start();", "return _watch.IsRunning ? x * 2 : x;", ""),
        ["AsyncLocal"] = ("private static readonly System.Threading.AsyncLocal<float> s_rate = new();", "s_rate.Value = v;", "return x * s_rate.Value;", ""),
        ["StrongBox"] = ("private readonly System.Runtime.CompilerServices.StrongBox<float> _box = new();", "_box.Value = v;", "return x * _box.Value;", ""),
        ["Getter that is not ready when the method starts"] = ("private Cell? _cell; private Cell Own => _cell ??= new Cell();", "Cell.Rate = v; _cell = null;", "var own = Own; return x * own.Now;", "public class Cell { public static float Rate; public float Now => Rate; }"),
    };

    private static readonly string[] s_names = [.. s_forms.Keys];

    private static readonly Lazy<Assembly> s_program = new(() => Roslyn.Load(string.Concat(s_forms.Values.Select((form, i) => $$"""
        namespace Form{{i}}
        {
            {{form.Types}}
            public partial class Model
            {
                private float _rate;
                {{form.Members}}
                public void Change(float v) { _rate = v; {{form.Set}} }
                [GraphFunction] public Tensor Step(Tensor x) { {{form.Body}} }
            }
        }
        """))));

    public static TheoryData<string> Names => [.. s_names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_call_sees_the_state_as_it_is(string name)
    {
        Type model = s_program.Value.GetType($"Form{Array.IndexOf(s_names, name)}.Model")!;
        float[] imperative = Run(model, "Step"), traced = Run(model, TwinNames.Entry("Step"));
        Assert.Equal(imperative, traced);
        Assert.True(imperative.Distinct().Count() > 1);
    }

    private static float[] Run(Type type, string method)
    {
        object model = Activator.CreateInstance(type)!;
        return [.. new[] { 1f, 2f, 2f, 3f }.Select(value =>
        {
            type.GetMethod("Change")!.Invoke(model, [value]);
            return ((Tensor)type.GetMethod(method)!.Invoke(model, [(Tensor)10f])!).Item<float>();
        })];
    }
}
