#pragma once

enum class Fruit { fig, plum };
