using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using TensorGraph.Analyzers.CodeFixes;

namespace TensorGraph.Tests;

/// <summary>A fix changes what is wrong, keeps the rest of the text, and leaves nothing to report.</summary>
public sealed class CodeFixTests
{
    [Fact]
    public async Task Partial_is_added_to_all_types_around() => await Check(
        new AddPartial(),
        """
        /// <summary>Outer.</summary>
        public class Outer
        {
            // Inner.
            class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x) => x + 1;
            }
        }
        """,
        """
        /// <summary>Outer.</summary>
        public partial class Outer
        {
            // Inner.
            partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x) => x + 1;
            }
        }
        """);

    [Fact]
    public async Task A_number_becomes_a_tensor() => await Check(
        new MakeTensor(),
        """
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                int steps = 0; // counts
                while (x.Sum() > 1)
                {
                    x = x / 2;
                    steps++;
                }
                return x * steps;
            }
        }
        """,
        """
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                Tensor steps = 0; // counts
                while (x.Sum() > 1)
                {
                    x = x / 2;
                    steps++;
                }
                return x * steps;
            }
        }
        """);

    [Fact]
    public async Task The_counter_of_a_loop_that_a_tensor_may_leave_becomes_a_tensor() => await Check(
        new MakeTensor(),
        """
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                int turns = 0;
                for (; turns < 10; turns++)
                {
                    if (x > 5)
                        break;
                    x = x * 2;
                }
                return x * turns;
            }
        }
        """,
        """
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                Tensor turns = 0;
                for (; turns < 10; turns++)
                {
                    if (x > 5)
                        break;
                    x = x * 2;
                }
                return x * turns;
            }
        }
        """);

    [Fact]
    public async Task Text_beside_a_tensor_becomes_an_interpolated_string() => await Check(
        new InterpolateText(),
        """
        public static class Model
        {
            public static void Show(Tensor x)
            {
                Console.WriteLine("x {\t" + x * 2); // shows
            }
        }
        """,
        """
        public static class Model
        {
            public static void Show(Tensor x)
            {
                Console.WriteLine($"x {{\t{(x * 2)}"); // shows
            }
        }
        """);

    [Fact]
    public async Task An_override_is_marked() => await Check(
        new MarkOverride(),
        """
        public partial class Model
        {
            [GraphFunction]
            public virtual Tensor Step(Tensor x) => x + 1;
        }
        public partial class Better : Model
        {
            public override Tensor Step(Tensor x) => x + 2;
        }
        """,
        """
        public partial class Model
        {
            [GraphFunction]
            public virtual Tensor Step(Tensor x) => x + 1;
        }
        public partial class Better : Model
        {
            [GraphFunction]
            public override Tensor Step(Tensor x) => x + 2;
        }
        """);

    [Theory]
    [InlineData("var parts = new List<Tensor>();", "var parts = new TensorArray();")]
    [InlineData("var parts = new List<Tensor> { x }; // first", "var parts = new TensorArray { x }; // first")]
    [InlineData("List<Tensor> parts = [];", "TensorArray parts = [];")]
    [InlineData("List<Tensor> parts = new();", "TensorArray parts = new();")]
    public async Task A_list_becomes_a_tensor_array(string list, string array)
    {
        string Program(string declaration) => $$"""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    {{declaration}}
                    while (x.Sum() > 1)
                    {
                        x = x / 2;
                        parts.Add(x);
                        if (parts.Count > 3)
                            parts.Clear();
                    }
                    foreach (Tensor part in parts)
                        x = x + part;
                    return Ops.Stack(parts) + parts[0] + x;
                }
            }
            """;
        await Check(new UseTensorArray(), Program(list), Program(array));
    }

    [Theory]
    [InlineData("var parts = new List<Tensor>(4);", "")]
    [InlineData("var parts = new List<Tensor>();", "int n = parts.Count;")]
    [InlineData("var parts = new List<Tensor>();", "parts.Reverse();")]
    [InlineData("var parts = new List<Tensor>();", "List<Tensor> other = parts;")]
    [InlineData("var parts = new List<Tensor>();", "int n = 0; foreach (Tensor part in parts) n++;")]
    [InlineData("var parts = new List<Tensor>();", "for (int i = 0; i < parts.Count; i++) x += parts[i];")]
    public async Task A_list_with_other_uses_stays(string list, string use) => Assert.Null(await Action(
        new UseTensorArray(),
        $$"""
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                {{list}}
                while (x.Sum() > 1)
                {
                    x = x / 2;
                    parts.Add(x);
                }
                {{use}}
                return x;
            }
        }
        """));

    private static async Task<CodeAction?> Action(CodeFixProvider provider, string source)
    {
        using var workspace = new AdhocWorkspace();
        return (await Offered(workspace, provider, source)).Action;
    }

    private static async Task Check(CodeFixProvider provider, string source, string expected)
    {
        using var workspace = new AdhocWorkspace();
        (Document document, CodeAction? action) = await Offered(workspace, provider, source);
        Assert.NotNull(action);
        ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(CancellationToken.None);
        Document changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
        string text = (await changed.GetTextAsync()).ToString();
        Assert.Equal(expected.ReplaceLineEndings("\n"), text[Roslyn.Usings.Length..].ReplaceLineEndings("\n"));
        Assert.DoesNotContain(Roslyn.Diagnostics(text), d => provider.FixableDiagnosticIds.Contains(d.Id));
    }

    private static async Task<(Document Document, CodeAction? Action)> Offered(AdhocWorkspace workspace, CodeFixProvider provider, string source)
    {
        Compilation compilation = Roslyn.Compilation(Roslyn.Usings + source);
        Document document = workspace.AddProject(ProjectInfo.Create(
                ProjectId.CreateNewId(), VersionStamp.Default, "Program", "Program", LanguageNames.CSharp,
                compilationOptions: compilation.Options, parseOptions: Roslyn.ParseOptions, metadataReferences: compilation.References))
            .AddDocument("Model.cs", Roslyn.Usings + source, filePath: "Model.cs");
        Diagnostic diagnostic = Roslyn.Diagnostics(Roslyn.Usings + source).First(d => provider.FixableDiagnosticIds.Contains(d.Id));
        // The diagnostic is of another compilation; its place is the same.
        SyntaxTree tree = (await document.GetSyntaxTreeAsync())!;
        Diagnostic here = Diagnostic.Create(diagnostic.Descriptor, Location.Create(tree, diagnostic.Location.SourceSpan));
        CodeAction? action = null;
        await provider.RegisterCodeFixesAsync(new CodeFixContext(document, here, (found, _) => action ??= found, CancellationToken.None));
        return (document, action);
    }
}
