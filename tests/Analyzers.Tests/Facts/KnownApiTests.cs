using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Facts;

public sealed class KnownApiTests
{
    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (KnownApis.Row row in KnownApis.Rows)
                rows.Add(row.Type, row.Members);
            return rows;
        }
    }

    /// <summary>A row names a type and members that there are: a misspelt one would be silent.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_names_what_exists(string type, string members)
    {
        CSharpCompilation compilation = Roslyn.Compilation("");
        INamedTypeSymbol[] types = type.EndsWith('*')
            ? [.. Types(compilation.GlobalNamespace).Where(t => (t.ContainingNamespace + ".").StartsWith(type[..^1], StringComparison.Ordinal))]
            : [.. Types(compilation.GlobalNamespace).Where(t => $"{t.ContainingNamespace}.{t.MetadataName}" == type)];
        Assert.True(types.Length > 0, $"There is no type {type}.");
        foreach (string member in members.Split(' ').Where(m => m != "*"))
        {
            Func<string, bool> matches = member.EndsWith('*') ? name => name.StartsWith(member[..^1], StringComparison.Ordinal) : name => name == member;
            Assert.True(types.Any(t => t.GetMembers().Any(m => matches(m.Name))), $"{type} has no {member}.");
        }
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol root) =>
        root.GetMembers().OfType<INamespaceOrTypeSymbol>().SelectMany(m => m is INamedTypeSymbol type ? Types(m).Prepend(type) : Types(m));
}
