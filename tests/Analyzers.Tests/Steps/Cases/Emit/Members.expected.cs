[TracedTwin("F")] [global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]
    public Tensor __F_Traced(Tensor x)
    {
        __set_Held_Traced(x);
        __set_Held_Traced(__get_Held_Traced() + (1));
        return __get_Held_Traced() + this.__get_Item_Traced(2);
    }
}
