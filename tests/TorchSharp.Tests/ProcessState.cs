// Tests count the memory of the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
