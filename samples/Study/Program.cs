using System.CommandLine;
using Samples;
using Study;

var json = Options.Json();
var quick = new Option<bool>("--quick") { Description = "Few repetitions: shows that it works, not how fast it is" };
var root = new RootCommand("The study of the guide to tf.function, in C#: what is traced, what is unrolled, what it costs.") { json, quick };
return SampleCommand.Run(root, args, parsed =>
{
    var figures = new Measurements(parsed.GetValue(quick)).All();
    Report.Show(figures);
    Output.WriteJson(figures, parsed.GetValue(json));
});
