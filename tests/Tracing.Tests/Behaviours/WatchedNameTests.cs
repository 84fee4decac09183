namespace TensorGraph.Tests;

/// <summary>A tape watches a tensor that has another name, which a branch or loop of the graph gave it.</summary>
public sealed partial class WatchedNameTests
{
    private static readonly Dictionary<string, Func<Model, Tensor, Tensor>> s_programs = new(StringComparer.Ordinal)
    {
        [nameof(Model.Then)] = (model, x) => model.Then(x),
        [nameof(Model.Else)] = (model, x) => model.Else(x),
        [nameof(Model.MadeInBranch)] = (model, x) => model.MadeInBranch(x),
        [nameof(Model.Operand)] = (model, x) => model.Operand(x),
        [nameof(Model.SwitchArm)] = (model, x) => model.SwitchArm(x),
        [nameof(Model.SwitchStatement)] = (model, x) => model.SwitchStatement(x),
        [nameof(Model.Nested)] = (model, x) => model.Nested(x),
        [nameof(Model.Twice)] = (model, x) => model.Twice(x),
        [nameof(Model.OpenedBefore)] = (model, x) => model.OpenedBefore(x),
        [nameof(Model.WatchedInBranch)] = (model, x) => model.WatchedInBranch(x),
        [nameof(Model.NamedInBranch)] = (model, x) => model.NamedInBranch(x),
        [nameof(Model.UsedBefore)] = (model, x) => model.UsedBefore(x),
        [nameof(Model.UsedBeforeRecorded)] = (model, x) => model.UsedBeforeRecorded(x),
        [nameof(Model.OfVariable)] = (model, x) => model.OfVariable(x),
        [nameof(Model.ReadsVariable)] = (model, x) => model.ReadsVariable(x),
        [nameof(Model.Second)] = (model, x) => model.Second(x),
        [nameof(Model.BothWatched)] = (model, x) => model.BothWatched(x),
        [nameof(Model.BothWatchedAfter)] = (model, x) => model.BothWatchedAfter(x),
        [nameof(Model.BothSources)] = (model, x) => model.BothSources(x),
        [nameof(Model.NameWatched)] = (model, x) => model.NameWatched(x),
        [nameof(Model.NameWatchedUse)] = (model, x) => model.NameWatchedUse(x),
        [nameof(Model.NameOfRecorded)] = (model, x) => model.NameOfRecorded(x),
        [nameof(Model.Sibling)] = (model, x) => model.Sibling(x),
        [nameof(Model.EarlyReturn)] = (model, x) => model.EarlyReturn(x),
        [nameof(Model.AfterLoop)] = (model, x) => model.AfterLoop(x),
        [nameof(Model.AfterLoopOwn)] = (model, x) => model.AfterLoopOwn(x),
        [nameof(Model.AfterLoopAlone)] = (model, x) => model.AfterLoopAlone(x),
        [nameof(Model.LoopCarried)] = (model, x) => model.LoopCarried(x),
        [nameof(Model.LoopCarriedOwn)] = (model, x) => model.LoopCarriedOwn(x),
        [nameof(Model.LoopCarriedAlone)] = (model, x) => model.LoopCarriedAlone(x),
        [nameof(Model.LoopOuter)] = (model, x) => model.LoopOuter(x),
        [nameof(Model.LoopTwoCarried)] = (model, x) => model.LoopTwoCarried(x),
        [nameof(Model.LoopPassedOn)] = (model, x) => model.LoopPassedOn(x),
        [nameof(Model.LoopDifferent)] = (model, x) => model.LoopDifferent(x),
        [nameof(Model.LoopBranch)] = (model, x) => model.LoopBranch(x),
        [nameof(Model.ScanState)] = (model, x) => model.ScanState(x),
        [nameof(Model.LateWatch)] = (model, x) => model.LateWatch(x),
        [nameof(Model.LateWatchOfOperand)] = (model, x) => model.LateWatchOfOperand(x),
        [nameof(Model.AfterLoopInBranch)] = (model, x) => model.AfterLoopInBranch(x),
        [nameof(Model.LoopOfLoop)] = (model, x) => model.LoopOfLoop(x),
        [nameof(Model.LoopOfLoopOwn)] = (model, x) => model.LoopOfLoopOwn(x),
        [nameof(Model.LoopCondition)] = (model, x) => model.LoopCondition(x),
        [nameof(Model.LoopConditionOwn)] = (model, x) => model.LoopConditionOwn(x),
        [nameof(Model.LoopMerged)] = (model, x) => model.LoopMerged(x),
        [nameof(Model.LoopMergedEnd)] = (model, x) => model.LoopMergedEnd(x),
        [nameof(Model.LoopStopped)] = (model, x) => model.LoopStopped(x),
        [nameof(Model.LateWatchOfLoop)] = (model, x) => model.LateWatchOfLoop(x),
        [nameof(Model.LateWatchOfCell)] = (model, x) => model.LateWatchOfCell(x),
        [nameof(Model.UsedAhead)] = (model, x) => model.UsedAhead(x),
        [nameof(Model.StoppedName)] = (model, x) => model.StoppedName(x),
        [nameof(Model.Several)] = (model, x) => model.Several(x),
        [nameof(Model.OnDevice)] = (model, x) => model.OnDevice(x),
        [nameof(Model.TwoTapes)] = (model, x) => model.TwoTapes(x),
        [nameof(Model.AnyLength)] = (model, x) => model.AnyLength(x),
        [nameof(Model.AnyLengthBranch)] = (model, x) => model.AnyLengthBranch(x),
        [nameof(Model.AnyLengthBefore)] = (model, x) => model.AnyLengthBefore(x),
        [nameof(Model.AnyLengthName)] = (model, x) => model.AnyLengthName(x),
        [nameof(Model.AnyLengthMade)] = (model, x) => model.AnyLengthMade(x),
        [nameof(Model.AnyLengthOfLoop)] = (model, x) => model.AnyLengthOfLoop(x),
        [nameof(Model.AnyLengthCarried)] = (model, x) => model.AnyLengthCarried(x),
        [nameof(Model.AnyLengthCarriedOwn)] = (model, x) => model.AnyLengthCarriedOwn(x),
        [nameof(Model.Selected)] = (model, x) => model.Selected(x),
        [nameof(Model.Stacked)] = (model, x) => model.Stacked(x),
        [nameof(Model.Checkpointed)] = (model, x) => model.Checkpointed(x),
        [nameof(Model.OfField)] = (model, x) => model.OfField(x),
        [nameof(Model.OfFieldElse)] = (model, x) => model.OfFieldElse(x),
        [nameof(Model.OfFieldInLoop)] = (model, x) => model.OfFieldInLoop(x),
        [nameof(Model.OfFieldTwice)] = (model, x) => model.OfFieldTwice(x),
        [nameof(Model.OfFieldOwn)] = (model, x) => model.OfFieldOwn(x),
        [nameof(Model.OfFieldBefore)] = (model, x) => model.OfFieldBefore(x),
        [nameof(Model.OfLargeField)] = (model, x) => model.OfLargeField(x),
        [nameof(Model.CheckpointedParts)] = (model, x) => model.CheckpointedParts(x),
        [nameof(Model.OfFieldAlone)] = (model, x) => model.OfFieldAlone(x),
        [nameof(Model.ReadTwice)] = (model, x) => model.ReadTwice(x),
        [nameof(Model.ReadInBranch)] = (model, x) => model.ReadInBranch(x),
        [nameof(Model.Mapped)] = (model, x) => model.Mapped(x),
        [nameof(Model.Tuple)] = (model, x) => model.Tuple(x),
        [nameof(Model.Source)] = (model, x) => model.Source(x),
        [nameof(Model.SourceAndResult)] = (model, x) => model.SourceAndResult(x),
        [nameof(Model.SourceAndResultWatched)] = (model, x) => model.SourceAndResultWatched(x),
        [nameof(Model.Siblings)] = (model, x) => model.Siblings(x),
        [nameof(Model.LoopInner)] = (model, x) => model.LoopInner(x),
        [nameof(Model.Helper)] = (model, x) => model.Helper(x),
        [nameof(Model.HelperFunction)] = (model, x) => model.HelperFunction(x),
        [nameof(Model.Vector)] = (model, x) => model.Vector(x),
        [nameof(Model.FitEqual)] = (model, x) => model.FitEqual(x),
        [nameof(Model.FitSame)] = (model, x) => model.FitSame(x),
        [nameof(Model.FitFields)] = (model, x) => model.FitFields(x),
        [nameof(Model.FitOneField)] = (model, x) => model.FitOneField(x),
        [nameof(Model.FitZeros)] = (model, x) => model.FitZeros(x),
        [nameof(Model.FitArrays)] = (model, x) => model.FitArrays(x),
        [nameof(Model.FitTwice)] = (model, x) => model.FitTwice(x),
        [nameof(Model.FitAgain)] = (model, x) => model.FitAgain(x),
        [nameof(Model.FitEpochs)] = (model, x) => model.FitEpochs(x),
        [nameof(Model.FitReset)] = (model, x) => model.FitReset(x),
        [nameof(Model.FitConstant)] = (model, x) => model.FitConstant(x),
        [nameof(Model.LateFirstTensor)] = (model, x) => model.LateFirstTensor(x),
        [nameof(Model.Swaps)] = (model, x) => model.Swaps(x),
        [nameof(Model.SwapsOfBoth)] = (model, x) => model.SwapsOfBoth(x),
        [nameof(Model.OfFieldNested)] = (model, x) => model.OfFieldNested(x),
        [nameof(Model.OfFieldCarried)] = (model, x) => model.OfFieldCarried(x),
    };

    // What the graph can't do as C# does it, with words of the remedy.
    private static readonly Dictionary<string, string> s_refused = new(StringComparer.Ordinal)
    {
        [nameof(Model.BothSources)] = "a tensor of its own",
        [nameof(Model.NameWatched)] = "a tensor of its own",
        [nameof(Model.NameWatchedUse)] = "a tensor of its own",
        [nameof(Model.NameOfRecorded)] = "a tensor of its own",
        [nameof(Model.Sibling)] = "a tensor of its own",
        [nameof(Model.AfterLoop)] = "what a loop gives",
        [nameof(Model.AfterLoopInBranch)] = "what a loop gives",
        [nameof(Model.LoopCarried)] = "'y' or 'x'",
        [nameof(Model.LoopOuter)] = "'x' or 'y'",
        [nameof(Model.LoopTwoCarried)] = "'y' or 'z'",
        [nameof(Model.LoopPassedOn)] = "'y' or 'z'",
        [nameof(Model.LoopOfLoop)] = "'z' or 'x'",
        [nameof(Model.LoopCondition)] = "'y' or 'x'",
        [nameof(Model.LoopMerged)] = "'y' or 'x'",
        [nameof(Model.ScanState)] = "'initial' or 'x'",
        [nameof(Model.AnyLengthBefore)] = "a tensor of its own",
        [nameof(Model.AnyLengthName)] = "a tensor of its own",
        [nameof(Model.AnyLengthOfLoop)] = "a tensor of its own",
        [nameof(Model.AnyLengthCarried)] = "'w' or a tensor",
        [nameof(Model.Siblings)] = "a tensor of its own",
        [nameof(Model.LoopInner)] = "'b' or 'a'",
        [nameof(Model.OfField)] = "a tensor of its own",
        [nameof(Model.OfFieldElse)] = "a tensor of its own",
        [nameof(Model.OfFieldInLoop)] = "a tensor of its own",
        [nameof(Model.OfFieldTwice)] = "a tensor of its own",
        [nameof(Model.FitSame)] = "'w' or 'b'",
        [nameof(Model.FitOneField)] = "'w' or 'b'",
        [nameof(Model.FitConstant)] = "'y' or",
        [nameof(Model.SwapsOfBoth)] = "a tensor of its own",
        [nameof(Model.OfFieldNested)] = "a tensor of its own",
        [nameof(Model.OfFieldCarried)] = "a tensor of its own",
        [nameof(Model.LateWatch)] = "ahead of the branch",
        [nameof(Model.LateWatchOfLoop)] = "ahead of the branch",
    };

    public static TheoryData<string> Programs => [.. s_programs.Keys.Except(s_refused.Keys)];

    public static TheoryData<string> Refused => [.. s_refused.Keys];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Gradients_are_those_of_the_imperative_run(string program) => Modes.Both(() =>
    {
        var results = new List<Tensor>();
        foreach (float x in new[] { 3f, 1.5f, 0.5f })
            results.Add(s_programs[program](new Model(), x));
        return results;
    });

    [Fact]
    public void Thousands_of_branches_in_a_branch_are_followed() =>
        Assert.Equal(0.75f, Modes.Run(() => new Model().ManyBranches(3f), imperatively: false).Result.Item<float>());

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_the_graph_can_not_know_is_refused(string program)
    {
        var error = Assert.Throws<GraphException>(() => Modes.Run(() => s_programs[program](new Model(), 3f), imperatively: false));
        Assert.Equal("TG4002", error.Id);
        Assert.Contains(s_refused[program], error.Message, StringComparison.Ordinal);
    }

    internal sealed partial class Model
    {
        public Variable W { get; } = new(2f);

        public Tensor Kept { get; } = 5f;

        public Tensor Large { get; } = Ops.Full([100], 5f);
    }
}
