using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Cli;

/// <summary>A graph function after the conversion of its control flow.</summary>
internal sealed record ConvertedFunction(string Function, string File, int Line, string Source);

/// <summary>An error or warning of the conversion.</summary>
internal sealed record ConversionMessage(string Id, bool IsError, string Place, string Message);

/// <summary>The graph functions of C# files, converted as the compiler would have the generator do it.</summary>
internal sealed record Conversion(ConvertedFunction[] Functions, ConversionMessage[] Messages, int UnknownNames)
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Threading; global using System.Threading.Tasks;";

    // Errors of the compiler for what is declared elsewhere.
    private static readonly string[] Unknown = ["CS0103", "CS0117", "CS0234", "CS0246", "CS1061"];

    /// <summary>Converts files, with assemblies that they refer to beside those of TensorGraph and .NET.</summary>
    public static Conversion Of(IEnumerable<string> files, IEnumerable<string> references)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        SyntaxTree[] trees =
        [
            CSharpSyntaxTree.ParseText(ImplicitUsings, options),
            .. files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), options, file, Encoding.UTF8)),
        ];
        string platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        var assemblies = platform.Split(Path.PathSeparator).Concat(references).Where(path => path.Length > 0).Distinct();
        bool hasStatements = trees.Any(tree => tree.GetRoot().ChildNodes().OfType<GlobalStatementSyntax>().Any());
        var compilation = CSharpCompilation.Create(
            "Converted", trees, assemblies.Select(path => MetadataReference.CreateFromFile(path)),
            new(hasStatements ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable));
        var generators = Made<IIncrementalGenerator>().Select(generator => generator.AsSourceGenerator());
        var driver = CSharpGeneratorDriver.Create(generators, parseOptions: options).RunGenerators(compilation);
        var generated = driver.GetRunResult().GeneratedTrees;
        var whole = compilation.AddSyntaxTrees(generated);
        var found = compilation.WithAnalyzers([.. Made<DiagnosticAnalyzer>()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        int unknown = whole.GetDiagnostics().Count(message => Unknown.Contains(message.Id) && trees.Contains(message.Location.SourceTree));
        // A file that does not parse may lose a function without a word.
        var unparsed = trees.SelectMany(tree => tree.GetDiagnostics()).Where(message => message.Severity == DiagnosticSeverity.Error);
        return new(
            [.. generated.SelectMany(FunctionsOf)],
            [.. unparsed.Concat(found.Where(message => message.Id.StartsWith("TG", StringComparison.Ordinal))).Select(Message)], unknown);
    }

    // They are internal to the package of analyzers, which the compiler loads in the same way.
    private static IEnumerable<T> Made<T>() => Assembly.Load("TensorGraph.Analyzers").GetTypes()
        .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(T))).Select(type => (T)Activator.CreateInstance(type, nonPublic: true)!);

    // The handle of a graph function has the text of what it was converted to.
    private static IEnumerable<ConvertedFunction> FunctionsOf(SyntaxTree tree) =>
        from initializer in tree.GetRoot().DescendantNodes().OfType<InitializerExpressionSyntax>()
        let texts = initializer.Expressions.OfType<AssignmentExpressionSyntax>().ToLookup(
            assignment => assignment.Left.ToString(), assignment => assignment.Right is LiteralExpressionSyntax literal ? literal.Token.Value : null)
        where texts["ConvertedSource"].Any()
        select new ConvertedFunction(
            (string)texts["Name"].First()!, (string)texts["SourceFile"].First()!, (int)texts["SourceLine"].First()!,
            (string)texts["ConvertedSource"].First()!);

    private static ConversionMessage Message(Diagnostic found)
    {
        var span = found.Location.GetLineSpan();
        return new(
            found.Id, found.Severity == DiagnosticSeverity.Error, $"{Path.GetFileName(span.Path)}:{span.StartLinePosition.Line + 1}",
            found.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
