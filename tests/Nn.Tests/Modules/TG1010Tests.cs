namespace TensorGraph.Tests.Modules;

public sealed class TG1010Tests
{
    [Fact]
    public void Two_variables_under_one_path_are_an_error()
    {
        var model = new Sequential(new Dense(1, 1) { Name = "same" }, new Dense(1, 1) { Name = "same" });
        Expect.ErrorHere(DiagnosticIds.WeightsDoNotFit, () => _ = model.NamedVariables, ["two modules have the path 'same'"]);
        Expect.ErrorHere(DiagnosticIds.WeightsDoNotFit, () => _ = new Twice().Variables, ["two variables have the path 'weight'"]);
    }

    private sealed class Twice : Module
    {
        private readonly Variable _weight = new(1f);

        public Variable Weight { get; } = new(2f);

        protected override Tensor Forward(Tensor x, bool training) => x * _weight;
    }
}
