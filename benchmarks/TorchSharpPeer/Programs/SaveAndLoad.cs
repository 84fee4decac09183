using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

string file = Path.Combine(Path.GetTempPath(), "programs.dat");
var model = Sequential(("hidden", Linear(4, 8)), ("relu", ReLU()), ("out", Linear(8, 2)));
model.save(file);
var other = Sequential(("hidden", Linear(4, 8)), ("relu", ReLU()), ("out", Linear(8, 2)));
other.load(file);
Console.WriteLine(model.call(ones(1, 4)).Equals(other.call(ones(1, 4))));
