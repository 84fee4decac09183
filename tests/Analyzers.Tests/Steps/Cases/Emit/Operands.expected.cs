[TracedTwin("F")] [global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]
    public Tensor __F_Traced(Tensor x, Tensor y, int mode)
    {
        Tensor a = GraphControl.Select(GraphControl.AndAlso(x > 3, () => __Helper_Traced(y) > 2), () => x, () => GraphControl.Select(GraphControl.OrElse(y > 3, () => !(x > 1)), () => y, () => 0.5f));
        (Tensor, Tensor) pair = GraphControl.Select<(global::TensorGraph.Tensor, global::TensorGraph.Tensor)>(x > y, () => (x, y), () => (y, x), static __value => [__value.Item1, __value.Item2], static __leaves => (__leaves[0], __leaves[1]));
        return GraphControl.Match<int, global::TensorGraph.Tensor>(mode, __value => __value is 0 ? GraphControl.Arm<global::TensorGraph.Tensor>(null, () => a) : null, __value => __value is 1 ? GraphControl.Arm<global::TensorGraph.Tensor>(() => x > y, () => pair.Item1) : null, __value => __value is var _ ? GraphControl.Arm<global::TensorGraph.Tensor>(null, () => pair.Item2 + a) : null);
    }
}
