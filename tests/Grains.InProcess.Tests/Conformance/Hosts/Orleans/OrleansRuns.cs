namespace Webphone.Grains.InProcess.Tests.Conformance.Hosts.Orleans;

public sealed class ActivationOnOrleans : ActivationConformance<OrleansHost>;

public sealed class TurnsOnOrleans : TurnConformance<OrleansHost>;

public sealed class CallsOnOrleans : CallConformance<OrleansHost>;

public sealed class StateOnOrleans : StateConformance<OrleansHost>;

public sealed class ObserversOnOrleans : ObserverConformance<OrleansHost>;

public sealed class TimersOnOrleans : TimerConformance<OrleansHost>;

public sealed class RemindersOnOrleans : ReminderConformance<OrleansHost>;

public sealed class FiltersOnOrleans : FilterConformance<OrleansHost>;
