using System.Globalization;
using System.Text;
using TensorGraph.Benchmarks;

// What the generator costs a build, and an editor at each key; written to benchmarks/results/<CPU>/generator.md
var text = new StringBuilder();
text.Append(CultureInfo.InvariantCulture, $"# {Machine.Cpu}, {Environment.ProcessorCount} cores, .NET {Environment.Version}\n\n");
text.Append("Time inside the generator, of a warm compiler, median (and fastest) of the edits.\n\n");
text.Append("| project | edit | generator, ms |\n|---|---|---|\n");
_ = new Project(classes: 500, functions: 50).AddFunction(0);
foreach (int functions in new[] { 0, 50, 500 })
{
    var project = new Project(classes: 500, functions);
    text.Append(CultureInfo.InvariantCulture, $"| 500 classes, {functions} graph functions | none: the first build | {project.FirstRun:f0} |\n");
    foreach ((string edit, Func<int, double> run) in new (string, Func<int, double>)[]
    {
        ("add a graph function", project.AddFunction),
        ("type in a class without one", project.EditPlainClass),
    })
    {
        double[] times = [.. Enumerable.Range(0, 25).Select(run).Skip(10).Order()];
        text.Append(CultureInfo.InvariantCulture, $"| 500 classes, {functions} graph functions | {edit} | {times[times.Length / 2]:f1} ({times[0]:f1}) |\n");
    }
}
Console.WriteLine(text);
string folder = Path.Combine(Machine.Repository(), "benchmarks", "results", Machine.FolderName());
Directory.CreateDirectory(folder);
File.WriteAllText(Path.Combine(folder, "generator.md"), text.ToString());
