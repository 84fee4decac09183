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

    private static async Task Check(CodeFixProvider provider, string source, string expected)
    {
        using var workspace = new AdhocWorkspace();
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
        Assert.NotNull(action);
        ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(CancellationToken.None);
        Document changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
        string text = (await changed.GetTextAsync()).ToString();
        Assert.Equal(expected.ReplaceLineEndings("\n"), text[Roslyn.Usings.Length..].ReplaceLineEndings("\n"));
        Assert.DoesNotContain(Roslyn.Diagnostics(text), d => provider.FixableDiagnosticIds.Contains(d.Id));
    }
}
