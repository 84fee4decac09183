using System.Text.Json;
using Retracing;

namespace TensorGraph.Tests;

/// <summary>The sample retraces for each of its reasons, says which, and its remedies leave one trace.</summary>
public sealed class RetraceTests
{
    public static TheoryData<string> Names() => [.. Reasons.All.Select(reason => reason.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_reason_is_explained_and_its_remedy_leaves_one_trace(string name)
    {
        var finding = Finding.Of(Reasons.All.Single(reason => reason.Name == name));
        Assert.NotEmpty(finding.Retraces);
        Assert.All(finding.Retraces, further =>
        {
            Assert.NotEqual(further.Old, further.New);
            Assert.Matches(@"^Reasons\.cs:\d+$", further.CallSite);
            Assert.NotEqual("", further.Suggestion);
        });
        Assert.Equal(1, finding.TracesAfterRemedy);
    }

    [Theory]
    [InlineData("dtype of a tensor", "x: f32[2] → f64[2]", "Give tensors one dtype and rank, and declare sizes that vary in InputSignature.")]
    [InlineData("rank of a tensor", "x: f32[2] → f32[1, 2]", "Give tensors one dtype and rank, and declare sizes that vary in InputSignature.")]
    [InlineData("size of an axis", "x: f32[2] → f32[3]", "Give tensors one dtype and rank, and declare sizes that vary in InputSignature.")]
    [InlineData("C# number", "rate: 0 → 0.5", "Make a C# value that changes from call to call a Tensor parameter.")]
    [InlineData("C# bool", "training: true → false", "Make a C# value that changes from call to call a Tensor parameter.")]
    [InlineData("lambda", "function: Func → another Func", "Pass the same object each time.")]
    [InlineData("object", "transform: Transform → another Transform", "Pass the same object each time.")]
    [InlineData("number of elements", "parts: 2 elements → 3 elements", "Give collections the same number of elements, or one tensor that has them as rows.")]
    [InlineData("content of a C# collection", "weights: [1, 2] → [1, 3]", "What changes in a collection from call to call belongs in a tensor.")]
    [InlineData("property that the function reads", "Before.Rate: 1 → 0.5", "Keep state that changes in a Variable.")]
    [InlineData("state of a function that it calls", "Settings.Factor: 1 → 2", "Keep state that changes in a Variable.")]
    [InlineData("optional argument", "mask: null → given", "Give the argument in each call, or in none: it may be a tensor of ones or zeros.")]
    public void The_first_cause_and_its_suggestion(string name, string cause, string suggestion)
    {
        var first = Finding.Of(Reasons.All.Single(reason => reason.Name == name)).Retraces[0];
        Assert.Equal((cause, suggestion), ($"{first.Argument}: {first.Old} → {first.New}", first.Suggestion));
    }

    [Fact]
    public void Json_has_all()
    {
        string path = Path.GetTempFileName();
        try
        {
            Report.WriteJson(Finding.All(), path);
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            Assert.Equal(Reasons.All.Count, json.RootElement.GetArrayLength());
            Assert.Equal("x", json.RootElement[0].GetProperty("retraces")[0].GetProperty("argument").GetString());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
