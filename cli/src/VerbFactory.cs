using System.CommandLine;

namespace Argosy.Cli;

/// <summary>A command below the root, made when it is needed.</summary>
/// <param name="Name">The word that users type.</param>
/// <param name="Create">Makes it, with its options and its help.</param>
internal sealed record VerbFactory(string Name, Func<Command> Create);
