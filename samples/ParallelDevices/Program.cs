using System.CommandLine;
using ParallelDevices;
using Samples;
using TensorGraph;

var json = Options.Json();
var quick = new Option<bool>("--quick") { Description = "Small sizes: shows that it works, not how fast it is" };
var device = new Option<string[]>("--device")
{
    Description = "A device beside the managed one; may be given several times", DefaultValueFactory = _ => ["opencl:0"],
};
var root = new RootCommand("Measures devices alone and side by side: products, copies beside computing, and training with a split batch.") { json, quick, device };
return SampleCommand.Run(root, args, parsed =>
{
    Device[] others = Array.ConvertAll(parsed.GetValue(device)!, Find);
    Device[] all = [Devices.Managed, .. others];
    if (all.Distinct().Count() < all.Length) throw new IOException("--device names a device twice; the managed one takes part without it");
    var measure = new Measurements(parsed.GetValue(quick), all);
    var figures = new Figures(Environment.ProcessorCount, measure.Powers(), measure.Copies(), measure.Training());
    Report.Show(figures);
    Output.WriteJson(figures, parsed.GetValue(json));
});

// A name that nothing has is an error of the command line.
static Device Find(string name)
{
    try
    {
        return Devices.Find(name);
    }
    catch (ArgumentException error)
    {
        throw new IOException(error.Message, error);
    }
}
