namespace TensorGraph.Tests;

/// <summary>
/// A rule by which C# finds members of a type: code that uses the type, members that it may have besides those it has <paramref name="Always"/>, and
/// an interface that the rule asks for.
/// </summary>
internal sealed record LookupRule(string[] Uses, string[] Members, string Always = "", string Interface = "IHeld")
{
    public static readonly Dictionary<string, LookupRule> All = new()
    {
        ["foreach"] = new(
            ["foreach (Tensor row in _bag) x = x + row;", "foreach (var row in _bag) x = x + row;"],
            ["public IEnumerator<Tensor> GetEnumerator() { yield return Sum; }", "public Cursor GetEnumerator() => new(); public class Cursor { public bool MoveNext() => false; public Tensor Current => 1f; }",
             "public Bag GetEnumerator() => new(); public bool MoveNext() { if (Sum.Max() > 1) Sum = -Sum; return false; } public Tensor Current => Sum;", "public bool MoveNext() => false; public Tensor Current => Sum.Max() > 1 ? Sum : 1f;"]),
        ["using"] = new(
            ["using (IDisposable bag = new Bag()) x = x + 1;", "using (var bag = new Bag()) x = x + 1;", "using var bag = _bag;"],
            ["public void Dispose() { if (Sum.Max() > 1) Sum = -Sum; }", "public void Dispose() { Sum = -Sum; }", "public void Dispose(int times = 1) { }"],
            Always: "public void Dispose() { }", Interface: "IHeld, IDisposable"),
        ["deconstruction"] = new(
            ["{ var (a, b) = _bag; x = a + b; }", "if (_bag is (var a, _)) x = a;", "(x, var more) = _bag;"],
            ["public void Deconstruct(out Tensor a, out Tensor b) { a = Sum; b = Sum.Max() > 1 ? a : -a; }", "public void Deconstruct(out Tensor a, out int b) { a = Sum; b = 1; }", "public void Deconstruct(out Tensor a, out Tensor b) { a = Sum; b = Sum; }"],
            Always: "public void Deconstruct(out Tensor a, out Tensor b) { a = Sum; b = Sum; }"),
        ["initialiser"] = new(
            ["x = new Bag { x, x }.Sum;", "Bag bag = [x]; x = bag.Sum;", "x = new Bag { Sum = x }.Sum;"],
            ["public void Add(Tensor x) { Sum = x.Max() > 0 ? x : Sum; }", "public void Add(Tensor x) { Sum = x; }", "public void Add(object x) { }", "public void Add(params Tensor[] all) { if (all[0].Max() > 1) Sum = -Sum; }"],
            Always: "public System.Collections.IEnumerator GetEnumerator() { yield break; }", Interface: "IHeld, System.Collections.IEnumerable"),
        ["conversion"] = new(
            ["x = (Tensor)_bag;", "Tensor y = _bag; x = y;", "x = x + _bag;", "x = Ops.Abs(_bag);", "x = Free(_bag);"],
            ["public static implicit operator Tensor(Bag bag) => bag.Sum.Max() > 1 ? bag.Sum : -bag.Sum;", "public static explicit operator Tensor(Bag bag) => bag.Sum;", "public static implicit operator Tensor(Bag bag) => bag.Sum;", "public static implicit operator Bag(Tensor x) => new(x);"],
            Always: "public static implicit operator Tensor(BagBase bag) => bag.Sum;"),
        ["operator"] = new(
            ["x = x + _bag;", "x = -_bag;", "x += _bag;", "if (_bag == new Bag()) x = -x;", "x = _bag ? x : -x;"],
            ["public static Tensor operator +(Tensor x, Bag bag) => x.Max() > 1 ? x : bag.Sum;", "public static Tensor operator -(Bag bag) => bag.Sum.Max() > 1 ? bag.Sum : 1f;", "public static Tensor operator -(Bag bag) => bag.Sum;",
             "public static bool operator true(Bag bag) => bag.Late() is null; public static bool operator false(Bag bag) => false;", "public static bool operator ==(Bag a, Bag b) => true; public static bool operator !=(Bag a, Bag b) => false;"],
            Always: "public static Tensor operator -(BagBase bag) => bag.Sum;"),
        ["index"] = new(
            ["x = _bag[0];", "x = _bag[^1];", "x = _bag[0..1].Sum;", "if (_bag is [var first]) x = first;", "_bag[0] = x;"],
            ["public Tensor this[int i] => Sum.Max() > 1 ? Sum : -Sum;", "public Tensor this[Index i] => Sum;", "public Tensor this[int i] { get => Sum; set => Sum = value.Max() > 1 ? value : Sum; }", "public int Length => 1;", "public int Count => 1;",
             "public Bag Slice(int start, int length) { if (Sum.Max() > 1) Sum = -Sum; return new(); }", "public Bag this[Range r] => new();"],
            Always: "public int Length => 1; public Bag Slice(int start, int length) => new();"),
        ["query"] = new(
            ["x = (from row in _bag where true select row + 1).Sum;", "x = (from row in _bag select row).Sum;"],
            ["public Bag Select(Func<Tensor, Tensor> made) { if (Sum.Max() > 1) Sum = -Sum; return new(); }", "public Bag Where(Func<Tensor, bool> chosen) => new();", "public Bag Select(Func<Tensor, Tensor> made) => new();"],
            Always: "public Bag Select(Func<Tensor, Tensor> made) => new(); public Bag Where(Func<Tensor, bool> chosen) => new();"),
        ["await"] = new(
            ["async System.Threading.Tasks.Task Wait() => x = await _bag;"],
            ["public Awaiter GetAwaiter() => new(); public class Awaiter : System.Runtime.CompilerServices.INotifyCompletion { public bool IsCompleted => true; public void OnCompleted(Action go) { } public Tensor GetResult() => 1f; }", "public System.Runtime.CompilerServices.TaskAwaiter<Tensor> GetAwaiter() => default;"]),
        ["overload"] = new(
            ["x = _bag.Of(x);", "Func<Tensor, Tensor> f = _bag.Of; x = f(x);", "x = _bag.Of(x: 1);", "x = Of(x);", "x = ((BagBase)_bag).Of(x);"],
            ["public Tensor Of(Tensor x) => x.Max() > 1 ? x : -x;", "public Tensor Of(Tensor x, int more = 0) => x.Max() > 1 ? x : -x;", "public Tensor Of(int x) => x;", "public Tensor Of<T>(T x) => 1f;", "public static Tensor Of(Tensor x, params int[] more) => x;", "public Func<Tensor, Tensor> Of = x => x;", "public class Of { }"]),
        ["interface"] = new(
            ["x = ((IHeld)_bag).Held(x);", "x = ((IHeld)new Bag()).Held(x);"],
            ["public new Tensor Held(Tensor x) => x.Max() > 1 ? x : -x;", "Tensor IHeld.Held(Tensor x) => x.Max() > 1 ? x : -x;", "public Tensor Held(object x) => 1f;"]),
        ["state"] = new(
            ["x = x * _bag.Rate;", "x = _bag.Rate > 1 ? x : -x;", "if (_bag is { Rate: > 1 }) x = -x;"],
            ["public float Rate = 1;", "public readonly float Rate = 1;", "public float Rate => Given();", "public float Rate { get; set; }", "public const float Rate = 2;", "private float Given() => 1;", "public Tensor Rate = 2f;"]),
        ["text"] = new(
            ["Console.WriteLine($\"{_bag}\");", "x = x + _bag.ToString().Length;", "x = Ops.Abs(x); string name = nameof(Bag.Of);"],
            ["public override string ToString() => Sum.Max() > 1 ? \"a\" : \"b\";", "public string ToString(int x = 0) => \"\";", "public static class Ops { }", "public int Abs() => 1;"]),
    };
}
