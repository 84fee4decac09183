[TracedTwin("F")] [global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]
    public Tensor __F_Traced(Tensor x)
    {
        Func<Tensor, Tensor> f = __Helper_Traced;
        return __Helper_Traced(x) + Plain(x) + Named(x, name: "F") + __Other_Entry(x) + f(x);
    }
}
