namespace TensorGraph;

/// <summary>Makes the variables of layers.</summary>
internal static class Weights
{
    /// <summary>A variable with the numbers that an initialiser gives. Errors: TG1002 null, TG2001 when they have another shape.</summary>
    public static Variable Initial(
        string name, Initializer initializer, Shape shape, long fanIn, long fanOut, RandomGenerator? random, DType dtype)
    {
        Tensor value = Check.NotNull(initializer(shape, fanIn, fanOut, random ?? RandomGenerator.Default), "what the initializer gives");
        if (value.Shape != shape)
            Throw.Shape(name, $"the initialiser gives {value.Type}, the layer needs {shape}", "Let it use the shape that it is asked for.");
        return new(value.Cast(dtype), name);
    }

    /// <summary>A variable with one number everywhere.</summary>
    public static Variable Filled(string name, Shape shape, double value, DType dtype, bool trainable = true) =>
        new(Ops.Full(shape, value, dtype), name, trainable);

    /// <summary>Numbers for each channel of (n, c, …), to be broadcast over the axes after it.</summary>
    public static Tensor PerChannel(Tensor value, int rank) =>
        rank <= 2 ? value : Ops.Reshape(value, [value.Shape[0], .. Enumerable.Repeat((Dim)1, rank - 2)]);
}
