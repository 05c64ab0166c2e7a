namespace Webphone.Grains.InProcess.Tests.Conformance.Hosts;

public sealed class ActivationOnThreads : ActivationConformance<ThreadedHost>;

public sealed class ActivationInSimulation : ActivationConformance<SimulatedHost>;

public sealed class TurnsOnThreads : TurnConformance<ThreadedHost>;

public sealed class TurnsInSimulation : TurnConformance<SimulatedHost>;

public sealed class CallsOnThreads : CallConformance<ThreadedHost>;

public sealed class CallsInSimulation : CallConformance<SimulatedHost>;

public sealed class StateOnThreads : StateConformance<ThreadedHost>;

public sealed class StateInSimulation : StateConformance<SimulatedHost>;

public sealed class ObserversOnThreads : ObserverConformance<ThreadedHost>;

public sealed class ObserversInSimulation : ObserverConformance<SimulatedHost>;

public sealed class TimersOnThreads : TimerConformance<ThreadedHost>;

public sealed class TimersInSimulation : TimerConformance<SimulatedHost>;

public sealed class RemindersOnThreads : ReminderConformance<ThreadedHost>;

public sealed class RemindersInSimulation : ReminderConformance<SimulatedHost>;

public sealed class FiltersOnThreads : FilterConformance<ThreadedHost>;

public sealed class FiltersInSimulation : FilterConformance<SimulatedHost>;
