using System.Reflection;

namespace TensorGraph.Tests.Conformance;

/// <summary>Row 4.7: a carried variable that changes its type is TG3001 with its name, both types and the line of the branch or loop.</summary>
public sealed class CarriedTypeTests
{
    private static readonly Lazy<Assembly> s_program = new(() => Roslyn.Load(Source));

    [Theory]
    [InlineData("Local", "'h'", "i32[]", "f32[]")]
    [InlineData("Rank", "'h'", "i32[]", "i32[1]")]
    [InlineData("Size", "'h'", "i32[1]", "i32[2]")]
    [InlineData("InLoop", "'h'", "i32[]", "f32[]")]
    [InlineData("OfTuple", "'pair.Second'", "i32[]", "f32[]")]
    [InlineData("OfRecord", "'line.To'", "i32[]", "f32[]")]
    [InlineData("OfStruct", "'cell.A'", "i32[]", "f32[]")]
    [InlineData("OfField", "'_field'", "i32[]", "f32[]")]
    [InlineData("OfArray", "'h[1]'", "i32[]", "f32[]")]
    [InlineData("OfDictionary", "'h[\"a\"]'", "i32[]", "i32[1]")]
    [InlineData("Null", "'h'", "null", "i32[]")]
    [InlineData("NullBeforeLoop", "'h'", "null before the loop", "such as zeros")]
    [InlineData("NullInOneBranch", "'h'", "null in the other", "such as zeros")]
    [InlineData("Count", "'h'", "2 elements", "3")]
    [InlineData("KeyInOneBranch", "'h[\"b\"]'", "on one side", "in both branches")]
    [InlineData("KeyInElse", "'h[\"b\"]'", "on one side", "in both branches")]
    [InlineData("KeyInLoop", "'h[2]'", "on one side", "ahead of it")]
    [InlineData("KeyOfNested", "'h[\"a\"][\"b\"]'", "on one side", "in both branches")]
    [InlineData("KeysInAnotherOrder", "'h'", "2 elements", "order")]
    [InlineData("TypeOfAddedKey", "'h[\"b\"]'", "f32[]", "i32[]")]
    [InlineData("GrownInLoop", "'h'", "i32[1]", "i32[2]")]
    [InlineData("GrownInBranch", "'h'", "i32[1]", "TensorArray")]
    [InlineData("GrownBySymbol", "'return value'", "i32[n]", "i32[n-1]")]
    [InlineData("Returned", "'return value.Second'", "i32[]", "f32[]")]
    [InlineData("SizeOfRun", "'h'", "i32[1]", "i32[_u")]
    public void Names_variable_types_and_line(string method, string name, string before, string after)
    {
        Type type = s_program.Value.GetType("Model")!;
        GraphException error = Expect.Error("TG3001", () => Call(type, method), name, before, after, "Model.cs:");
        int line = Array.FindIndex((Roslyn.Usings + Source).Split('\n'), text => text.Contains($"/*{method}*/", StringComparison.Ordinal)) + 1;
        Assert.Equal(line, error.Source.Line);
    }

    private static void Call(Type type, string method)
    {
        MethodInfo entry = type.GetMethod(Analyzers.TwinNames.Entry(method))!;
        object?[] arguments = [(Tensor)1, (Tensor)2, (Tensor)new[] { 3, 4 }];
        entry.Invoke(Activator.CreateInstance(type), BindingFlags.DoNotWrapExceptions, null, arguments[..entry.GetParameters().Length], null);
    }

    private const string Source = """
        public struct Cell { public Tensor A; }
        public record Line(Tensor From, Tensor To);

        public partial class Model
        {
            private Tensor _field = 0;

            [GraphFunction]
            public Tensor NullBeforeLoop(Tensor x, Tensor y)
            {
                Tensor? h = null;
                /*NullBeforeLoop*/ while (x > 3) { h = h is null ? x : h + y; x = x - 1; }
                return h ?? y;
            }

            [GraphFunction]
            public Tensor NullInOneBranch(Tensor x, Tensor y)
            {
                Tensor? h = null;
                /*NullInOneBranch*/ if (x > 3) h = y;
                return h ?? x;
            }

            [GraphFunction]
            public Tensor Local(Tensor x, Tensor y)
            {
                Tensor h = x;
                if (x > y) /*Local*/ h = 1f;
                return h;
            }

            [GraphFunction]
            public Tensor Rank(Tensor x, Tensor y)
            {
                Tensor h = x;
                if (x > y) /*Rank*/ h = x.Reshape(1);
                return h;
            }

            [GraphFunction]
            public Tensor Size(Tensor x, Tensor y)
            {
                Tensor h = x.Reshape(1);
                if (x > y) /*Size*/ h = Ops.Concat([h, h]);
                return h;
            }

            [GraphFunction]
            public Tensor InLoop(Tensor x, Tensor y)
            {
                Tensor h = x;
                while (x > y) /*InLoop*/ h = 1f;
                return h;
            }

            [GraphFunction]
            public Tensor OfTuple(Tensor x, Tensor y)
            {
                (Tensor First, Tensor Second) pair = (x, y);
                if (x > y) /*OfTuple*/ pair = (y, 1f);
                return pair.First;
            }

            [GraphFunction]
            public Tensor OfRecord(Tensor x, Tensor y)
            {
                var line = new Line(x, y);
                if (x > y) /*OfRecord*/ line = line with { To = 1f };
                return line.From;
            }

            [GraphFunction]
            public Tensor OfStruct(Tensor x, Tensor y)
            {
                var cell = new Cell { A = x };
                if (x > y) /*OfStruct*/ cell.A = 1f;
                return cell.A;
            }

            [GraphFunction]
            public Tensor OfField(Tensor x, Tensor y)
            {
                _field = x;
                if (x > y) /*OfField*/ _field = 1f;
                return _field;
            }

            [GraphFunction]
            public Tensor OfArray(Tensor x, Tensor y)
            {
                Tensor[] h = [x, y];
                if (x > y) /*OfArray*/ h[1] = 1f;
                return h[0];
            }

            [GraphFunction]
            public Tensor OfDictionary(Tensor x, Tensor y)
            {
                var h = new Dictionary<string, Tensor> { ["a"] = x };
                while (x > y) /*OfDictionary*/ h["a"] = x.Reshape(1);
                return h["a"];
            }

            [GraphFunction]
            public Tensor Null(Tensor x, Tensor y)
            {
                Tensor? h = null;
                if (x > y) /*Null*/ h = x;
                return h ?? y;
            }

            [GraphFunction]
            public Tensor KeyInOneBranch(Tensor x, Tensor y)
            {
                var h = new Dictionary<string, Tensor> { ["a"] = x };
                if (x > y) /*KeyInOneBranch*/ h["b"] = y;
                return h["a"];
            }

            [GraphFunction]
            public Tensor KeyInElse(Tensor x, Tensor y)
            {
                var h = new Dictionary<string, Tensor> { ["a"] = x };
                if (x > y) /*KeyInElse*/ { } else h["b"] = y;
                return h["a"];
            }

            [GraphFunction]
            public Tensor KeyInLoop(Tensor x, Tensor y)
            {
                var h = new Dictionary<int, Tensor>();
                foreach (Tensor i in Ops.Range(y)) /*KeyInLoop*/ h[2] = i;
                return x;
            }

            [GraphFunction]
            public Tensor KeyOfNested(Tensor x, Tensor y)
            {
                var h = new Dictionary<string, Dictionary<string, Tensor>> { ["a"] = new() { ["a"] = x } };
                if (h["a"]["a"] > y) /*KeyOfNested*/ h["a"]["b"] = y;
                return h["a"]["a"];
            }

            [GraphFunction]
            public Tensor KeysInAnotherOrder(Tensor x, Tensor y)
            {
                var h = new Dictionary<string, Tensor>();
                if (x > y) /*KeysInAnotherOrder*/ { h["a"] = x; h["b"] = y; } else { h["b"] = x; h["a"] = y; }
                return h["a"];
            }

            [GraphFunction]
            public Tensor TypeOfAddedKey(Tensor x, Tensor y)
            {
                var h = new Dictionary<string, Tensor> { ["a"] = x };
                if (x > y) /*TypeOfAddedKey*/ h["b"] = 1f; else h["b"] = y;
                return h["b"];
            }

            [GraphFunction]
            public Tensor GrownInLoop(Tensor x, Tensor y)
            {
                Tensor h = x.Reshape(1);
                for (Tensor i = 0; i < y; i++) /*GrownInLoop*/ h = Ops.Concat([h, i.Reshape(1)]);
                return h;
            }

            [GraphFunction]
            public Tensor GrownInBranch(Tensor x, Tensor y)
            {
                Tensor h = x.Reshape(1);
                if (x > y) /*GrownInBranch*/ h = Ops.Concat([h, h]);
                return h;
            }

            [GraphFunction(InputSignature = new[] { "i32[]", "i32[]", "i32[n]" })]
            public Tensor GrownBySymbol(Tensor x, Tensor y, Tensor h)
            {
                if (x > y) /*GrownBySymbol*/ return h[1..];
                return h;
            }

            [GraphFunction]
            public (Tensor First, Tensor Second) Returned(Tensor x, Tensor y)
            {
                if (x > y) /*Returned*/ return (x, y);
                return (y, 1f);
            }

            [GraphFunction]
            public Tensor SizeOfRun(Tensor x, Tensor y)
            {
                Tensor h = x.Reshape(1);
                while (x < y) /*SizeOfRun*/ { var list = new TensorArray(DType.I32, Shape.Scalar); foreach (Tensor i in Ops.Range(x)) list.Add(i); h = list.Stack(); x++; }
                return h;
            }

            [GraphFunction]
            public Tensor Count(Tensor x, Tensor y)
            {
                var h = new List<Tensor> { x, y };
                if (x > y) /*Count*/ { h[0] = y; System.Runtime.InteropServices.CollectionsMarshal.SetCount(h, 3); h[2] = x; }
                return h[0];
            }
        }
        """;
}
