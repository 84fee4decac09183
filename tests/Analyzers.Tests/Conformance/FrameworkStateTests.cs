using System.Reflection;
using Microsoft.CodeAnalysis;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Conformance;

/// <summary>State that objects of the framework keep in fields: a call sees the change, or the build warns. It is never silently old.</summary>
public sealed class FrameworkStateTests
{
    // Members of the model, how a value is set, and what the graph function computes.
    private static readonly Dictionary<string, (string Members, string Set, string Body)> s_forms = new()
    {
        ["Random"] = ("private readonly Random _random = new(1);", "", "x * _random.NextSingle()"),
        ["Random in a helper"] = ("private readonly Random _random = new(1); private float Draw() => _random.Next(1000);", "", "x * Draw()"),
        ["File in a helper"] = ("private static readonly string s_path = System.IO.Path.GetTempFileName(); private static int Read() => System.IO.File.ReadAllText(s_path).Length;", "System.IO.File.WriteAllText(s_path, new string((char)97, (int)v));", "x * Read()"),
        ["Random.Shared in a helper"] = ("private static float Draw() => Random.Shared.NextSingle();", "", "x * Draw()"),
        ["Lazy that is replaced"] = ("private Lazy<float> _lazy = new(() => 1);", "_lazy = new(() => v);", "x * _lazy.Value"),
        ["Lazy of a field"] = ("private readonly Lazy<float> _lazy; public Model() => _lazy = new(() => _value);", "", "x * _lazy.Value"),
        ["Whether a Lazy is made"] = ("private readonly Lazy<float> _lazy = new(() => 1);", "if (v > 2) _ = _lazy.Value;", "_lazy.IsValueCreated ? x * 2 : x"),
        ["Timer"] = ("private readonly System.Timers.Timer _timer = new();", "_timer.Interval = v;", "x * _timer.Interval"),
        ["Stopwatch"] = ("private readonly System.Diagnostics.Stopwatch _watch = System.Diagnostics.Stopwatch.StartNew();", "System.Threading.Thread.Sleep(2);", "x * _watch.Elapsed.TotalMilliseconds"),
        ["Whether a Stopwatch runs"] = ("private readonly System.Diagnostics.Stopwatch _watch = new();", "if (v > 1) _watch.Start();", "_watch.IsRunning ? x * 2 : x"),
        ["ConcurrentDictionary"] = ("private readonly System.Collections.Concurrent.ConcurrentDictionary<string, float> _map = new();", "_map[\"a\"] = v;", "x * _map[\"a\"]"),
        ["ConcurrentDictionary, by GetOrAdd"] = ("private readonly System.Collections.Concurrent.ConcurrentDictionary<string, float> _map = new();", "_map[\"a\"] = v;", "x * _map.GetOrAdd(\"a\", 1)"),
        ["ConcurrentQueue"] = ("private readonly System.Collections.Concurrent.ConcurrentQueue<float> _queue = new();", "_queue.Enqueue(v);", "x * (_queue.TryDequeue(out float first) ? first : 9)"),
        ["ConcurrentBag"] = ("private readonly System.Collections.Concurrent.ConcurrentBag<float> _bag = new();", "_bag.Add(v);", "x * _bag.Count"),
        ["Queue, looked at"] = ("private readonly Queue<float> _queue = new();", "_queue.Enqueue(v); if (_queue.Count > 1) _queue.Dequeue();", "x * _queue.Peek()"),
        ["Queue, taken from"] = ("private readonly Queue<float> _queue = new();", "_queue.Enqueue(v); _queue.Enqueue(v + 1);", "x * _queue.Dequeue()"),
        ["Stack, looked at"] = ("private readonly Stack<float> _stack = new();", "_stack.Push(v);", "x * _stack.Peek()"),
        ["Stack, taken from"] = ("private readonly Stack<float> _stack = new();", "_stack.Push(v);", "x * _stack.Pop()"),
        ["Set, added to"] = ("private readonly HashSet<float> _set = new();", "", "_set.Add(1) ? x * 2 : x"),
        ["List, removed from"] = ("private readonly List<float> _list = new();", "_list.Add(1); if (v > 2) _list.Clear();", "_list.Remove(1) ? x * 2 : x"),
        ["LinkedList"] = ("private readonly LinkedList<float> _list = new();", "_list.AddFirst(v);", "x * _list.First!.Value"),
        ["SortedDictionary"] = ("private readonly SortedDictionary<string, float> _map = new();", "_map[\"a\"] = v;", "x * _map[\"a\"]"),
        ["PriorityQueue"] = ("private readonly PriorityQueue<float, float> _queue = new();", "_queue.Enqueue(v, -v);", "x * _queue.Peek()"),
        ["Count of a PriorityQueue"] = ("private readonly PriorityQueue<float, float> _queue = new();", "_queue.Enqueue(v, -v);", "x * _queue.Count"),
        ["PriorityQueue, taken from"] = ("private readonly PriorityQueue<float, float> _queue = new();", "_queue.Enqueue(v, -v);", "x * _queue.Dequeue()"),
        ["BitArray"] = ("private readonly System.Collections.BitArray _bits = new(4);", "_bits[(int)v] = true;", "_bits[2] ? x * 2 : x"),
        ["BitVector32"] = ("private System.Collections.Specialized.BitVector32 _bits;", "_bits[(int)v] = true;", "_bits[2] ? x * 2 : x"),
        ["Hashtable"] = ("private readonly System.Collections.Hashtable _map = new();", "_map[\"a\"] = v;", "x * (float)_map[\"a\"]!"),
        ["ArrayList"] = ("private readonly System.Collections.ArrayList _list = new();", "_list.Add(v);", "x * _list.Count"),
        ["NameValueCollection"] = ("private readonly System.Collections.Specialized.NameValueCollection _map = new();", "_map[\"a\"] = $\"{v}\";", "x * float.Parse(_map[\"a\"]!)"),
        ["ObservableCollection"] = ("private readonly System.Collections.ObjectModel.ObservableCollection<float> _list = new();", "_list.Add(v);", "x * _list[^1]"),
        ["ReadOnlyCollection over a list"] = ("private readonly List<float> _list = new(); private readonly System.Collections.ObjectModel.ReadOnlyCollection<float> _seen; public Model() => _seen = _list.AsReadOnly();", "_list.Add(v);", "x * _seen[^1]"),
        ["ArraySegment over an array"] = ("private readonly float[] _data = [1]; private readonly ArraySegment<float> _part; public Model() => _part = _data;", "_data[0] = v;", "x * _part[0]"),
        ["ArraySegment that is replaced"] = ("private ArraySegment<float> _part;", "_part = new float[] { v };", "x * _part[0]"),
        ["Memory over an array"] = ("private readonly float[] _data = [1]; private readonly Memory<float> _part; public Model() => _part = _data;", "_data[0] = v;", "x * _part.Span[0]"),
        ["Memory that is replaced"] = ("private Memory<float> _part;", "_part = new float[] { v };", "x * _part.Span[0]"),
        ["ReadOnlyMemory, in a helper"] = ("private readonly float[] _data = [1]; private readonly ReadOnlyMemory<float> _part; public Model() => _part = _data; private float First() => _part.Span[0];", "_data[0] = v;", "x * First()"),
        ["ImmutableArray"] = ("private System.Collections.Immutable.ImmutableArray<float> _items = [];", "_items = [v];", "x * _items[0]"),
        ["ImmutableDictionary"] = ("private System.Collections.Immutable.ImmutableDictionary<string, float> _items = System.Collections.Immutable.ImmutableDictionary<string, float>.Empty;", "_items = _items.SetItem(\"a\", v);", "x * _items[\"a\"]"),
        ["Builder of an ImmutableArray"] = ("private readonly System.Collections.Immutable.ImmutableArray<float>.Builder _items = System.Collections.Immutable.ImmutableArray.CreateBuilder<float>();", "_items.Add(v);", "x * _items[^1]"),
        ["FrozenDictionary"] = ("private System.Collections.Frozen.FrozenDictionary<string, float> _items = System.Collections.Frozen.FrozenDictionary<string, float>.Empty;", "_items = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(new Dictionary<string, float> { [\"a\"] = v });", "x * _items[\"a\"]"),
        ["AsyncLocal"] = ("private static readonly System.Threading.AsyncLocal<float> s_rate = new();", "s_rate.Value = v;", "x * s_rate.Value"),
        ["ThreadLocal"] = ("private readonly System.Threading.ThreadLocal<float> _rate = new();", "_rate.Value = v;", "x * _rate.Value"),
        ["ThreadStatic field"] = ("[ThreadStatic] private static float s_rate;", "s_rate = v;", "x * s_rate"),
        ["CancellationToken"] = ("private System.Threading.CancellationToken _token;", "if (v > 1) _token = new(true);", "_token.IsCancellationRequested ? x * 2 : x"),
        ["CancellationTokenSource"] = ("private readonly System.Threading.CancellationTokenSource _source = new();", "if (v > 1) _source.Cancel();", "_source.IsCancellationRequested ? x * 2 : x"),
        ["Whether a CancellationToken throws"] = ("private readonly System.Threading.CancellationTokenSource _source = new(); private Tensor Checked(Tensor x) { _source.Token.ThrowIfCancellationRequested(); return x; }", "", "Checked(x)"),
        ["Length of a StringBuilder"] = ("private readonly System.Text.StringBuilder _text = new();", "_text.Append((int)v);", "x * _text.Length"),
        ["Character of a StringBuilder"] = ("private readonly System.Text.StringBuilder _text = new();", "_text.Clear().Append((int)v);", "x * _text[0]"),
        ["Text of a part of a StringBuilder"] = ("private readonly System.Text.StringBuilder _text = new();", "_text.Clear().Append((int)v);", "x * float.Parse(_text.ToString(0, 1))"),
        ["StringBuilder in text"] = ("private readonly System.Text.StringBuilder _text = new();", "_text.Clear().Append((int)v);", "x * float.Parse($\"{_text}\")"),
        ["Sequence over a list"] = ("private readonly List<float> _list = new(); private readonly IEnumerable<float> _large; public Model() => _large = _list.Where(v => v > 0);", "_list.Add(v);", "x * _large.Sum()"),
        ["Sequence over a list, in a loop"] = ("private readonly List<float> _list = new(); private readonly IEnumerable<float> _large; public Model() => _large = _list.Where(v => v > 0); private float Sum() { float s = 0; foreach (float v in _large) s += v; return s; }", "_list.Add(v);", "x * Sum()"),
        ["Sequence that is replaced"] = ("private IEnumerable<float> _large = [];", "_large = new[] { v }.Where(v => v > 0);", "x * _large.Sum()"),
        ["Sequence that a property makes"] = ("private readonly List<float> _list = new(); private IEnumerable<float> Large => _list.Where(v => v > 0);", "_list.Add(v);", "x * Large.Sum()"),
        ["Lookup"] = ("private ILookup<bool, float> _lookup = new float[0].ToLookup(v => v > 1);", "_lookup = new[] { v }.ToLookup(v => v > 1);", "x * _lookup[true].Count()"),
        ["WeakReference"] = ("private readonly WeakReference<string> _text = new(\"a\");", "_text.SetTarget(new string('a', (int)v));", "x * (_text.TryGetTarget(out string? text) ? text.Length : 0)"),
        ["Task"] = ("private System.Threading.Tasks.Task<float> _task = System.Threading.Tasks.Task.FromResult(1f);", "_task = System.Threading.Tasks.Task.FromResult(v);", "x * _task.Result"),
        ["Interlocked"] = ("private int _count; private int Next() => System.Threading.Interlocked.Increment(ref _count);", "", "x * Next()"),
        ["Volatile"] = ("private float _kept; private float Get() => System.Threading.Volatile.Read(ref _kept);", "_kept = v;", "x * Get()"),
        ["Volatile in the function"] = ("private float _kept;", "_kept = v;", "x * System.Threading.Volatile.Read(ref _kept)"),
        ["Enumerator"] = ("private readonly IEnumerator<int> _numbers = Enumerable.Range(1, 9).GetEnumerator(); private int Next() { _numbers.MoveNext(); return _numbers.Current; }", "", "x * Next()"),
        ["Uri"] = ("private Uri _uri = new(\"http://a\");", "_uri = new(\"http://\" + new string('a', (int)v));", "x * _uri.Host.Length"),
        ["Range of an array"] = ("private readonly float[] _data = new float[3];", "_data[1] = v;", "x * _data[1..].Sum()"),
        ["KeyValuePair"] = ("private KeyValuePair<string, float> _pair;", "_pair = new(\"a\", v);", "x * _pair.Value"),
        ["Object that is unboxed"] = ("private object _kept = 1f;", "_kept = v;", "x * (float)_kept"),
        ["Channel"] = ("private readonly System.Threading.Channels.Channel<float> _channel = System.Threading.Channels.Channel.CreateUnbounded<float>();", "_channel.Writer.TryWrite(v);", "x * (_channel.Reader.TryRead(out float read) ? read : 9)"),
        ["Progress of a Barrier"] = ("private readonly System.Threading.Barrier _barrier = new(1);", "_barrier.SignalAndWait();", "x * _barrier.CurrentPhaseNumber"),
        ["Culture"] = ("private readonly System.Globalization.NumberFormatInfo _format = new();", "_format.NumberDecimalDigits = (int)v;", "x * _format.NumberDecimalDigits"),
        ["Static field of another class"] = ("public static class Kept { public static float Rate; }", "Kept.Rate = v;", "x * Kept.Rate"),
    };

    private static readonly string[] s_names = [.. s_forms.Keys];

    private static readonly Lazy<(Assembly Program, ILookup<int, string> Warnings)> s_program = new(Build);

    public static TheoryData<string> Names => [.. s_names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_call_sees_the_state_or_the_build_warns(string name)
    {
        int number = Array.IndexOf(s_names, name);
        if (s_program.Value.Warnings[number].Any())
            return;
        Type model = s_program.Value.Program.GetType($"Form{number}.Model")!;
        Assert.Equal(Run(model, "Step"), Run(model, TwinNames.Entry("Step")));
    }

    private static (Assembly, ILookup<int, string>) Build()
    {
        string[] sources = [.. s_forms.Values.Select((form, i) => $$"""
            namespace Form{{i}}
            {
                public partial class Model
                {
                    private float _value;
                    {{form.Members}}
                    public void Change(float v) { _value = v; {{form.Set}} }
                    [GraphFunction] public Tensor Step(Tensor x) => {{form.Body}};
                }
            }
            """)];
        var warnings = Roslyn.Diagnostics([.. sources.Select(source => Roslyn.Usings + source)])
            .Where(d => d.Id is "TG7101" or "TG7102" or "TG7103").ToLookup(d => d.Location.SourceTree!.FilePath is "Model.cs" ? 0 : int.Parse(d.Location.SourceTree!.FilePath["Model".Length..^".cs".Length], System.Globalization.CultureInfo.InvariantCulture) - 1, d => d.Id);
        return (Roslyn.Load(sources), warnings);
    }

    private static string[] Run(Type type, string method)
    {
        object model = Activator.CreateInstance(type)!;
        return [.. new[] { 1f, 2f, 2f, 3f }.Select(value =>
        {
            type.GetMethod("Change")!.Invoke(model, [value]);
            return ((Tensor)type.GetMethod(method)!.Invoke(model, [(Tensor)10f])!).ToString()!;
        })];
    }
}
