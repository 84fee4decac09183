namespace TensorGraph.Tests;

public sealed class TG1011Tests : TemporaryFolder
{
    private static ConcreteFunction Collatz => GraphFunction.Of(Programs.Collatz).GetConcreteFunction(TensorSpec.Parse("i32[]"));

    private void Refused(string fact, SignatureDefinition[] signatures, IReadOnlyDictionary<string, string>? assets = null)
    {
        Expect.Error(DiagnosticIds.NotSavable, () => SavedModel.Save(At("m"), signatures, assets: assets), fact);
        Assert.False(Directory.Exists(At("m")));
    }

    [Fact]
    public void C_sharp_code_is_refused_with_its_line()
    {
        var function = GraphFunction.Of(Programs.Hosted).GetConcreteFunction(TensorSpec.Parse("f32[]"));
        Refused("Models.cs", [new("f", function)]);
        Refused("signature 'f' calls C# code", [new("f", function)]);
    }

    [Fact]
    public void Names_are_given_once()
    {
        var both = GraphFunction.Of(Programs.Both).GetConcreteFunction(TensorSpec.Parse("f32[]"), TensorSpec.Parse("f32[]"));
        Refused("two signatures are called 'f'", [new("f", Collatz), new("f", Collatz)]);
        Refused("two outputs of signature 'f' are called 'y'", [new("f", both) { Outputs = ["y", "y"] }]);
        Refused("signature 'f' gives 2 tensors and names 1", [new("f", both) { Outputs = ["y"] }]);
        Refused("has method 9", [new("f", both) { Method = (SignatureMethod)9 }]);
        Refused("there is no signature", []);
    }

    [Fact]
    public void A_variable_has_one_name()
    {
        var scale = new Variable(2f, "scale");
        var names = new Dictionary<string, Variable> { ["a"] = scale, ["b"] = scale };
        Expect.ErrorHere(DiagnosticIds.NotSavable, () => SavedModel.Save(At("m"), [new("f", Collatz)], names), ["'a' and 'b' are one variable"]);
    }

    [Fact]
    public void Names_are_whole_characters()
    {
        Refused("half a surrogate pair", [new("\ud800", Collatz)]);
        Refused("half a surrogate pair", [new("f", Collatz) { Outputs = ["y\udc00"] }]);
        Refused("can't be the name of an asset", [new("f", Collatz)], new Dictionary<string, string> { ["\ud800"] = At("words") });
        var names = new Dictionary<string, Variable> { ["w\ud800"] = new(2f) };
        Expect.ErrorHere(DiagnosticIds.WeightsDoNotFit, () => SavedModel.Save(At("m"), [new("f", Collatz)], names), ["can't be the name of a tensor"]);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("a//b")]
    [InlineData("a\\b")]
    [InlineData("..")]
    [InlineData("")]
    public void Assets_are_below_the_model(string name) =>
        Refused("can't be the name of an asset", [new("f", Collatz)], new Dictionary<string, string> { [name] = At("words") });
}
