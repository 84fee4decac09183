namespace TensorGraph.Tests;

/// <summary>The user's API as far as generated code and test programs name it, without any behaviour.</summary>
internal static class StubApi
{
    public const string Source = """
        using System;
        using System.Collections.Generic;
        namespace TensorGraph
        {
            [AttributeUsage(AttributeTargets.Method)]
            public sealed class GraphFunctionAttribute : Attribute { public string[]? InputSignature { get; set; } public bool ReduceRetracing { get; set; } = true; }
            public class Tensor
            {
                public static implicit operator Tensor(float v) => null!;
                public static implicit operator Tensor(int v) => null!;
                public static implicit operator Tensor(bool v) => null!;
                public static Tensor operator +(Tensor a, Tensor b) => a;
                public static Tensor operator -(Tensor a, Tensor b) => a;
                public static Tensor operator *(Tensor a, Tensor b) => a;
                public static Tensor operator /(Tensor a, Tensor b) => a;
                public static Tensor operator %(Tensor a, Tensor b) => a;
                public static Tensor operator ++(Tensor a) => a;
                public static Tensor operator --(Tensor a) => a;
                public static Tensor operator <(Tensor a, Tensor b) => a;
                public static Tensor operator >(Tensor a, Tensor b) => a;
                public static Tensor operator <=(Tensor a, Tensor b) => a;
                public static Tensor operator >=(Tensor a, Tensor b) => a;
                public static Tensor operator ==(Tensor a, float b) => a;
                public static Tensor operator !=(Tensor a, float b) => a;
                public static Tensor operator &(Tensor a, Tensor b) => a;
                public static Tensor operator |(Tensor a, Tensor b) => a;
                public static Tensor operator !(Tensor a) => a;
                public static bool operator true(Tensor a) => true;
                public static bool operator false(Tensor a) => false;
                public Tensor Sum() => this;
                public Tensor Tanh() => this;
                public IEnumerator<Tensor> GetEnumerator() => null!;
                public override bool Equals(object? o) => ReferenceEquals(this, o);
                public override int GetHashCode() => 0;
            }
            public class Variable { public Tensor Value { get; set; } = null!; public static implicit operator Tensor(Variable v) => null!; }
            public sealed class TensorArray { public Tensor Storage { get; set; } = null!; public Tensor Length { get; set; } = null!; public void Add(Tensor t) { } public Tensor Stack() => Storage; }
            public static class Ops { public static void Print(params object[] values) { } public static Tensor Range(Tensor n) => n; public static Tensor Equal(Tensor a, Tensor b) => a; }
            public static class Flags { }
            public class Dataset<T> : CompilerServices.IGraphSequence<T>, IEnumerable<T>
            {
                public CompilerServices.IGraphIterator<T> GetGraphIterator() => null!;
                public IEnumerator<T> GetEnumerator() => null!;
                System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => null!;
            }
            public sealed class GraphFunction<T>(CompilerServices.GraphFunctionInfo<T> info) { public CompilerServices.GraphCall Begin(object? target) => null!; public CompilerServices.GraphFunctionInfo<T> Info => info; }
        }
        namespace TensorGraph.CompilerServices
        {
            public readonly struct Unit;
            [AttributeUsage(AttributeTargets.Method)] public sealed class TracedTwinAttribute(string name) : Attribute { public string Name => name; }
            [AttributeUsage(AttributeTargets.Method)] public sealed class GraphEntryAttribute(string name) : Attribute { public string Name => name; public string? Function { get; set; } }
            public class GraphCall { public object? Target; public void Add(Tensor t) { } public void AddStatic<T>(T v) { } public Tensor NextTensor() => null!; public T NextStatic<T>() => default!; public T Run<T>() => default!; }
            public sealed class GraphFunctionInfo<T>
            {
                public string Name = ""; public string[] Parameters = []; public string[]? InputSignature; public bool ReduceRetracing; public string SourceFile = ""; public int SourceLine; public string ConvertedSource = "";
                public Func<GraphCall, T>? Trace; public Func<GraphCall, T>? Imperative; public Action<T, GraphCall>? Flatten; public Func<GraphCall, T>? Restore;
            }
            public interface IGraphSequence<T> { IGraphIterator<T> GetGraphIterator(); }
            public interface IGraphIterator<T> { Tensor MoveNext(); T Current { get; } }
            public class Block
            {
                public bool Then() => true; public bool Else() => true; public void End() { } public void EndThen(params ReadOnlySpan<Tensor?> v) { } public void EndElse(params ReadOnlySpan<Tensor?> v) { }
                public Tensor Before(int i) => null!; public Tensor Result(int i) => null!; public Tensor Next(int i) => null!; public void Condition() { } public void EndCondition(Tensor t) { } public void Body() { } public void EndBody(params ReadOnlySpan<Tensor?> v) { }
            }
            public sealed class Arm<T>;
            public static class Flow
            {
                public static Tensor Undefined => null!; public static Tensor True => null!; public static Tensor False => null!;
                public static Block If(Tensor c, string[] names, params ReadOnlySpan<Tensor?> before) => null!;
                public static Block While(string[] names, params ReadOnlySpan<Tensor?> before) => null!;
                public static Tensor NoneOf(params ReadOnlySpan<Tensor> flags) => null!;
                public static Tensor Not(Tensor t) => t;
                public static Tensor AndAlso(Tensor t, Func<Tensor> r) => t;
                public static Tensor OrElse(Tensor t, Func<Tensor> r) => t;
                public static Tensor Select(Tensor t, Func<Tensor> a, Func<Tensor> b) => t;
                public static T Select<T>(Tensor t, Func<T> a, Func<T> b, Func<T, Tensor[]> f, Func<Tensor[], T> r) => default!;
                public static Arm<T> Arm<T>(Func<Tensor>? when, Func<T> value) => null!;
                public static T Match<S, T>(S s, params Func<S, Arm<T>?>[] arms) => default!;
                public static T Match<S, T>(S s, Func<T, Tensor[]> f, Func<Tensor[], T> r, params Func<S, Arm<T>?>[] arms) => default!;
                public static Tensor Constant(bool b) => null!;
                public static void Throw(Tensor[] shown, Func<Tensor[], Exception> e) { }
                public static Tensor Thrown(Action a) => null!;
                public static Tensor First(Tensor t) => t; public static Tensor HasElement(Tensor t, Tensor i) => t; public static Tensor Element(Tensor t, Tensor i) => t; public static Tensor Next(Tensor i) => i;
            }
        }
        """;
}
