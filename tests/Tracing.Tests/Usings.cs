global using TensorGraph;
