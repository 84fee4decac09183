using System.Globalization;
using System.Text;
using TensorGraph.Benchmarks;

// The cost of the generator for a build, and for an editor at each key; written to benchmarks/results/<CPU>/generator.md, unless only the rows with
// some words are asked for.
string words = string.Join(' ', args);
var text = new StringBuilder();
text.Append(CultureInfo.InvariantCulture, $"# {Machine.Cpu}, {Environment.ProcessorCount} cores, .NET {Environment.Version}\n\n");
text.Append("Projects of 500 classes, the compiler warm: milliseconds of processor time, median (and least). A first build has nothing to remember.\n\n");
int[] sizes = [0, 50, 500];
text.Append(CultureInfo.InvariantCulture, $"| graph functions | {string.Join(" | ", sizes)} |\n|---|{string.Concat(sizes.Select(_ => "---|"))}\n");
Project[] projects = [.. sizes.Select(functions => Project.OfClasses(500, functions))];

Row("the compiler binds the user's files", project => Repeat(5, _ => project.Compiler()));
Row("generator: first build", project => Repeat(5, _ => project.FirstBuild()));
Row("all analyzers: a build, after the generator (clock time)", project => Repeat(5, _ => project.Analyzers()));
Row("generator: add a file with a graph function", project => Repeat(25, project.AddFunction));
Row("generator: add a graph function to a class that ten others use", project => AddTo(project, "C7.cs", times: 25));
Row("generator: add a graph function to a class that all others use", project => AddTo(project, "C0.cs", times: 5));
Row("generator: type in a graph function", project => project == projects[0] ? [] : Repeat(25, project.EditFunction));
Row("generator: type in a class without one", project => Repeat(25, project.EditPlainClass));

text.Append("\nLong functions, beside what the compiler takes to bind and emit the same files without the generator; in parentheses the ratio.\n\n");
text.Append("| functions | compiler | generator: first build | generator: type in one function |\n|---|---|---|---|\n");
foreach (string kind in LongFunction.Kinds)
{
    Long(kind, 100);
    Long(kind, 1000);
}
foreach (int branches in (int[])[40, 80, 160])
    Long("ifelse", branches * LongFunction.LinesOfBranch, name: $"{branches} if/else in a row");
Long("random", 100, functions: 50, name: "50 functions of 100 random lines");
Long("random", 20, functions: 250, name: "250 functions of 20 random lines");

Console.WriteLine(text);
if (words.Length > 0)
    return;
string folder = Path.Combine(Machine.Repository(), "benchmarks", "results", Machine.FolderName());
Directory.CreateDirectory(folder);
File.WriteAllText(Path.Combine(folder, "generator.md"), text.ToString());

double[] AddTo(Project project, string file, int times) => project == projects[0] ? [] : Repeat(times, edit => project.AddFunctionTo(file, edit));

void Row(string name, Func<Project, double[]> measure)
{
    if (!name.Contains(words, StringComparison.Ordinal))
        return;
    text.Append(CultureInfo.InvariantCulture, $"| {name} |");
    foreach (Project project in projects)
        text.Append(measure(project) is { Length: > 0 } times
            ? string.Create(CultureInfo.InvariantCulture, $" {times[times.Length / 2]:f1} ({times[0]:f1}) |")
            : " |");
    text.Append('\n');
}

void Long(string kind, int lines, int functions = 1, string? name = null)
{
    name ??= $"{lines} lines, {kind}";
    if (!name.Contains(words, StringComparison.Ordinal))
        return;
    var project = Project.OfLongFunctions(kind, lines, functions);
    double compiler = Median(Repeat(5, _ => project.CompilerWithEmit()));
    text.Append(CultureInfo.InvariantCulture, $"| {name} | {compiler:f1} |");
    foreach (double time in (double[])[Median(Repeat(3, _ => project.FirstBuild())), Median(Repeat(5, project.EditLongFunction))])
        text.Append(CultureInfo.InvariantCulture, $" {time:f1} ({time / compiler:f2}) |");
    text.Append('\n');
}

static double Median(double[] ordered) => ordered[ordered.Length / 2];

// The first times are of code that is compiled.
static double[] Repeat(int times, Func<int, double> run) =>
    [.. Enumerable.Range(0, times + (times / 2) + 1).Select(run).Skip((times / 2) + 1).Order()];
