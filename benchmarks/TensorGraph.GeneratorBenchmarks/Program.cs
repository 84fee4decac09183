using System.Globalization;
using System.Text;
using TensorGraph.Benchmarks;

// What the generator costs a build, and an editor at each key; written to benchmarks/results/<CPU>/generator.md, unless only the rows with some words are asked for.
string words = string.Join(' ', args);
var text = new StringBuilder();
text.Append(CultureInfo.InvariantCulture, $"# {Machine.Cpu}, {Environment.ProcessorCount} cores, .NET {Environment.Version}\n\n");
text.Append("Projects of 500 classes, the compiler warm: milliseconds of processor time, median (and least). A first build has nothing to remember.\n\n");
int[] sizes = [0, 50, 500];
text.Append(CultureInfo.InvariantCulture, $"| graph functions | {string.Join(" | ", sizes)} |\n|---|{string.Concat(sizes.Select(_ => "---|"))}\n");
Project[] projects = [.. sizes.Select(functions => new Project(500, functions))];

Row("the compiler binds the user's files", project => Repeat(5, _ => project.Compiler()));
Row("generator: first build", project => Repeat(5, _ => new Project(500, sizes[Array.IndexOf(projects, project)]).FirstRun));
Row("all analyzers: a build, after the generator (clock time)", project => Repeat(5, _ => project.Analyzers()));
Row("generator: add a file with a graph function", project => Repeat(25, project.AddFunction));
Row("generator: add a graph function to a class that ten others use", project => project == projects[0] ? [] : Repeat(25, edit => project.AddFunctionTo("C7.cs", edit)));
Row("generator: add a graph function to a class that all others use", project => project == projects[0] ? [] : Repeat(5, edit => project.AddFunctionTo("C0.cs", edit)));
Row("generator: type in a graph function", project => project == projects[0] ? [] : Repeat(25, project.EditFunction));
Row("generator: type in a class without one", project => Repeat(25, project.EditPlainClass));

Console.WriteLine(text);
if (words.Length > 0)
    return;
string folder = Path.Combine(Machine.Repository(), "benchmarks", "results", Machine.FolderName());
Directory.CreateDirectory(folder);
File.WriteAllText(Path.Combine(folder, "generator.md"), text.ToString());

void Row(string name, Func<Project, double[]> measure)
{
    if (!name.Contains(words, StringComparison.Ordinal))
        return;
    text.Append(CultureInfo.InvariantCulture, $"| {name} |");
    foreach (Project project in projects)
        text.Append(measure(project) is { Length: > 0 } times ? string.Create(CultureInfo.InvariantCulture, $" {times[times.Length / 2]:f1} ({times[0]:f1}) |") : " |");
    text.Append('\n');
}

// The first times are of code that is compiled.
static double[] Repeat(int times, Func<int, double> run) => [.. Enumerable.Range(0, times + (times / 2) + 1).Select(run).Skip((times / 2) + 1).Order()];
